import type { FurzeConfig } from "./types.ts";

/** One line for each script that calls `fetch` and may ask no host, as scripts written for Gorse do. */
export function scriptWarnings({ recommend }: FurzeConfig): readonly string[] {
  const closed = recommend.external.filter(
    ({ script, allowedHosts }) => allowedHosts.length === 0 && /\bfetch\s*\(/.test(script),
  );
  return closed.map(({ name, script }) => {
    const hosts = [
      ...new Set([...script.matchAll(/https?:\/\/(?:[^/@\s"'`]*@)?([\w.-]+(?::\d+)?)/g)].map((match) => match[1])),
    ];
    const example = hosts.length === 0 ? "allowed_hosts" : `allowed_hosts = ${JSON.stringify(hosts)}`;
    return `the script of external/${name} may ask no host: set ${example}`;
  });
}
