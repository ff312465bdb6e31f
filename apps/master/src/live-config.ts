import {
  configSchema,
  configToTable,
  type FurzeConfig,
  type LoadedConfig,
  maskConfig,
  recommendToKeep,
  replaceRecommend,
} from "@furze/config";
import { FurzeError, type Logger } from "@furze/core";
import type { ConfigurationSource } from "@furze/rest-api";
import type { BlobStore } from "@furze/storage";

export interface LiveConfigOptions {
  /** Where the replacement is kept. */
  readonly blobStore: BlobStore;
  /** What file and environment say. */
  readonly base: FurzeConfig;
  readonly logger: Logger;
}

type Listener = (config: FurzeConfig) => void;

/** Name of the blob; no model file is called so. */
const BLOB = "recommend-section.json";

/**
 * The configuration under which the system runs: that of the file, with another `recommend` section when somebody has put one in its
 * place. Changes follow one another, and each is kept before anybody hears of it.
 */
export class LiveConfig implements ConfigurationSource {
  readonly schema: Readonly<Record<string, unknown>> = configSchema();
  readonly #options: LiveConfigOptions;
  #current: FurzeConfig;
  #listener: Listener = () => undefined;
  #lastChange: Promise<void> = Promise.resolve();

  private constructor(options: LiveConfigOptions, current: FurzeConfig) {
    this.#options = options;
    this.#current = current;
  }

  /** Reads what is kept. A section that fits the file no more is left out, with an error that says why: the system must start. */
  static async open(options: LiveConfigOptions): Promise<LiveConfig> {
    const { blobStore, base, logger } = options;
    const text = await readBlob(blobStore);
    if (text === undefined) return new LiveConfig(options, base);
    try {
      const { config } = replaceRecommend(base, JSON.parse(text) as Readonly<Record<string, unknown>>);
      logger.info("the recommend section was replaced over HTTP: that of the file is not in use");
      return new LiveConfig(options, config);
    } catch (error) {
      logger.error("the recommend section that was replaced over HTTP cannot be used: that of the file is in use", { error });
      return new LiveConfig(options, base);
    }
  }

  get current(): FurzeConfig {
    return this.#current;
  }

  /** Called with each new configuration, before the change is told to be done. */
  onChange(listener: Listener): void {
    this.#listener = listener;
  }

  shown(): Readonly<Record<string, unknown>> {
    const { database, ...others } = configToTable(maskConfig(this.#current));
    return this.#current.master.dashboardRedacted ? others : { database, ...others };
  }

  async replaceRecommend(values: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#change(async () => {
      const { config, warnings }: LoadedConfig = replaceRecommend(this.#current, values);
      for (const warning of warnings) this.#options.logger.warn(warning);
      const kept = JSON.stringify(recommendToKeep(config, this.#options.base));
      await this.#options.blobStore.put(BLOB, Buffer.from(kept));
      this.#options.logger.info("the recommend section is replaced over HTTP", {
        recommend: configToTable(maskConfig(config)).recommend,
      });
      return config;
    });
  }

  async reset(): Promise<void> {
    await this.#change(async () => {
      await this.#options.blobStore.delete(BLOB);
      this.#options.logger.info("the recommend section is that of the file again");
      return this.#options.base;
    });
  }

  #change(make: () => Promise<FurzeConfig>): Promise<void> {
    const change = this.#lastChange.then(async () => {
      this.#current = await make();
      this.#listener(this.#current);
    });
    this.#lastChange = change.catch(() => undefined);
    return change;
  }
}

async function readBlob(blobStore: BlobStore): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of blobStore.get(BLOB)) chunks.push(chunk);
  } catch (error) {
    if (FurzeError.is(error) && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
  return Buffer.concat(chunks).toString("utf8");
}
