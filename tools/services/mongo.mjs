// A server of MongoDB's protocol that a Java runtime can run (mongo-java-server, in memory): MongoDB itself is in no package
// registry. It answers as wire version 9, the oldest that current drivers accept. Not as in MongoDB: no transactions; $text, collations,
// explain and updates by pipelines are missing. Texts are ordered as in MongoDB, which the library itself does otherwise.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { redirectCalls } from "./class-file.mjs";
import { cacheFolder, findProgram, installDebianPackages, isPortOpen, run } from "./supervisor.mjs";

const VERSION = "1.47.0";
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>furze</groupId><artifactId>test-mongo</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>de.bwaldvogel</groupId><artifactId>mongo-java-server</artifactId><version>${VERSION}</version>
  </dependency></dependencies>
</project>
`;
const SOURCES = ["TestMongo.java", "TextOrder.java"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
/** What compares the values of two documents. */
const COMPARATOR = "de/bwaldvogel/mongo/backend/ValueComparator.class";
const TEXT_ORDER = { owner: "TextOrder", name: "compare", type: "(Ljava/lang/String;Ljava/lang/String;)I" };

const folder = () => join(cacheFolder(), "mongo");
const libraries = () => join(folder(), "lib");

export const mongo = {
  name: "mongo",
  variable: "FURZE_TEST_MONGODB_URL",
  url: (port) => `mongodb://127.0.0.1:${port}/test`,
  install: (context) => {
    const isDownloaded =
      existsSync(libraries()) && readdirSync(libraries()).some((name) => name.startsWith("mongo-java-server"));
    if (isDownloaded && findProgram("javac") !== undefined) return;
    if (findProgram("mvn") === undefined) installDebianPackages(["maven", "default-jdk-headless"], context);
    context.log(`downloading mongo-java-server ${VERSION}`);
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), "pom.xml"), POM);
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${libraries()}`];
    run("mvn", ["-q", "-B", "-f", join(folder(), "pom.xml"), ...goal]);
  },
  command: ({ home, port }) => {
    const classes = compile(home);
    const machine = ["-Xmx2g", "-XX:+UseSerialGC", "-cp", `${classes}:${join(libraries(), "*")}`];
    return { file: findProgram("java"), args: [...machine, "TestMongo", String(port)] };
  },
  isReady: isPortOpen,
};

/** @returns folder of the compiled classes, those of the library that are changed among them */
function compile(home) {
  const classes = join(home, "classes");
  mkdirSync(classes, { recursive: true });
  run("javac", ["-cp", join(libraries(), "*"), "-d", classes, ...SOURCES]);
  run("jar", ["xf", join(libraries(), `mongo-java-server-core-${VERSION}.jar`), COMPARATOR], { cwd: classes });
  const path = join(classes, COMPARATOR);
  writeFileSync(path, redirectCalls(readFileSync(path), "java/lang/String.compareTo(Ljava/lang/String;)I", TEXT_ORDER));
  return classes;
}
