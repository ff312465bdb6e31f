// A server of MongoDB's protocol that a Java runtime can run (mongo-java-server, in memory): MongoDB itself is in no package
// registry. It answers as wire version 9, the oldest that current drivers accept. Not as in MongoDB: no transactions, no $text, texts
// ordered by UTF-16 units, and collations, explain and updates by pipelines are missing.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, findProgram, installDebianPackages, isPortOpen, run } from "./supervisor.mjs";

const VERSION = "1.47.0";
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>furze</groupId><artifactId>test-mongo</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>de.bwaldvogel</groupId><artifactId>mongo-java-server</artifactId><version>${VERSION}</version>
  </dependency></dependencies>
</project>
`;
const SOURCE = fileURLToPath(new URL("TestMongo.java", import.meta.url));

const folder = () => join(cacheFolder(), "mongo");
const libraries = () => join(folder(), "lib");

export const mongo = {
  name: "mongo",
  variable: "FURZE_TEST_MONGODB_URL",
  url: (port) => `mongodb://127.0.0.1:${port}/test`,
  install: (context) => {
    const isDownloaded =
      existsSync(libraries()) && readdirSync(libraries()).some((name) => name.startsWith("mongo-java-server"));
    if (isDownloaded && findProgram("java") !== undefined) return;
    if (findProgram("mvn") === undefined) installDebianPackages(["maven", "default-jdk-headless"], context);
    context.log(`downloading mongo-java-server ${VERSION}`);
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), "pom.xml"), POM);
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${libraries()}`];
    run("mvn", ["-q", "-B", "-f", join(folder(), "pom.xml"), ...goal]);
  },
  command: ({ port }) => {
    const machine = ["-Xmx2g", "-XX:+UseSerialGC", "-cp", join(libraries(), "*")];
    return { file: findProgram("java"), args: [...machine, SOURCE, String(port)] };
  },
  isReady: isPortOpen,
};
