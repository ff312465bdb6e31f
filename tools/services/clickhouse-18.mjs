// ClickHouse 18.16 of Debian: far too old for a store, but a real server of the HTTP interface, with a user who has a password.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram, installDebianPackages } from "./supervisor.mjs";

const USER = "furze";
const PASSWORD = "test";
const USERS = `<yandex>
  <profiles><default><load_balancing>random</load_balancing></default></profiles>
  <quotas><default></default></quotas>
  <users><${USER}>
    <password>${PASSWORD}</password><profile>default</profile><quota>default</quota><networks><ip>127.0.0.1</ip></networks>
  </${USER}></users>
</yandex>
`;

const configOf = (home, port) => `<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host><http_port>${port}</http_port>
  <path>${home}/data/</path><tmp_path>${home}/tmp/</tmp_path>
  <users_config>${home}/users.xml</users_config>
  <default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>33554432</mark_cache_size>
</yandex>
`;

export const clickhouse18 = {
  name: "clickhouse-18",
  variable: "FURZE_TEST_CLICKHOUSE_18_URL",
  url: (port) => `clickhouse://${USER}:${PASSWORD}@127.0.0.1:${port}/default`,
  install: (context) => {
    if (findProgram("clickhouse-server") === undefined) installDebianPackages(["clickhouse-server"], context);
  },
  command: ({ home, port }) => {
    const config = join(home, "config.xml");
    writeFileSync(config, configOf(home, port));
    writeFileSync(join(home, "users.xml"), USERS);
    return { file: findProgram("clickhouse-server"), args: [`--config-file=${config}`] };
  },
  isReady: async (port) => {
    try {
      return (await fetch(`http://127.0.0.1:${port}/ping`)).ok;
    } catch {
      return false;
    }
  },
};
