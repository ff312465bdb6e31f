import { connect, createServer, type Server, type Socket } from "node:net";
import { BSON, type Document } from "mongodb";

const OP_REPLY = 1;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
/** Fields of a command that only a member of a replica set understands. */
const SET_FIELDS = ["lsid", "txnNumber", "startTransaction", "autocommit", "readConcern", "$clusterTime"];
/** What the proxy answers itself. */
const OWN_COMMANDS: ReadonlySet<string> = new Set(["commitTransaction", "abortTransaction", "endSessions"]);

/** A command as the driver sent it. */
export interface SeenCommand {
  readonly name: string;
  readonly txnNumber: number | undefined;
  readonly isFirst: boolean;
}

/** What a command gets instead of an answer: an error, or the end of its connection. */
export type Trouble = { readonly code: number; readonly label: string } | "cut";

/**
 * Stands between a store and a single server and says that it is the primary of a replica set. Transactions are only told apart, not
 * undone: what they changed stays. Tests therefore look at what is sent, and let trouble come before anything is changed.
 */
export class ReplicaSetProxy {
  readonly seen: SeenCommand[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #troubles = new Map<string, Trouble>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(target: URL): Promise<ReplicaSetProxy> {
    const server = createServer((near) => proxy.#serve(near, connect(Number(target.port), target.hostname)));
    const proxy: ReplicaSetProxy = new ReplicaSetProxy(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get host(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
    return `127.0.0.1:${address.port}`;
  }

  /** Commands of transactions since the last call. */
  takeTransactions(): SeenCommand[] {
    return this.seen.splice(0).filter((command) => command.txnNumber !== undefined);
  }

  /** Lets the next command of this name fail before it reaches the server. */
  failNext(command: string, trouble: Trouble): void {
    this.#troubles.set(command, trouble);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(near: Socket, far: Socket): void {
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      this.#sockets.add(from);
      from.on("close", () => to.destroy()).on("error", () => to.destroy());
    }
    onMessages(near, (message) => this.#onRequest(message, near, far));
    onMessages(far, (message) => near.write(this.#asPrimary(message)));
  }

  #onRequest(message: Buffer, near: Socket, far: Socket): void {
    if (opCodeOf(message) !== OP_MSG) {
      far.write(message);
      return;
    }
    const { command, rest } = parseRequest(message);
    const name = Object.keys(command)[0] ?? "";
    const txnNumber = command.txnNumber === undefined ? undefined : Number(command.txnNumber);
    this.seen.push({
      name,
      txnNumber: command.autocommit === false ? txnNumber : undefined,
      isFirst: command.startTransaction === true,
    });
    const trouble = this.#troubles.get(name);
    this.#troubles.delete(name);
    if (trouble === "cut") near.destroy();
    else if (trouble !== undefined) near.write(answer(message, errorOf(trouble)));
    else if (OWN_COMMANDS.has(name)) near.write(answer(message, { ok: 1 }));
    else far.write(buildRequest(message, command, rest));
  }

  /** The answer to the greeting, which is the one with a wire version, with what a primary adds. */
  #asPrimary(message: Buffer): Buffer {
    const opCode = opCodeOf(message);
    const start = opCode === OP_REPLY ? HEADER_BYTES + 20 : HEADER_BYTES + 5;
    if (opCode !== OP_REPLY && opCode !== OP_MSG) return message;
    const document = BSON.deserialize(message.subarray(start), {
      promoteValues: false,
      allowObjectSmallerThanBufferSize: true,
    });
    if (document.maxWireVersion === undefined) return message;
    const role = { setName: "rs", hosts: [this.host], me: this.host, primary: this.host, logicalSessionTimeoutMinutes: 30 };
    const body = BSON.serialize({ ...document, ...role, ismaster: true, secondary: false });
    return withLength(Buffer.concat([message.subarray(0, start), body]));
  }
}

function onMessages(socket: Socket, handle: (message: Buffer) => void): void {
  let buffered = Buffer.alloc(0);
  socket.on("data", (data: Buffer) => {
    buffered = Buffer.concat([buffered, data]);
    while (buffered.length >= HEADER_BYTES && buffered.length >= buffered.readInt32LE(0)) {
      const length = buffered.readInt32LE(0);
      handle(buffered.subarray(0, length));
      buffered = buffered.subarray(length);
    }
  });
}

const opCodeOf = (message: Buffer): number => message.readInt32LE(12);

/** The driver sends the command first, then rows of bulk commands as sections of their own. */
function parseRequest(message: Buffer): { readonly command: Document; readonly rest: Buffer } {
  const start = HEADER_BYTES + 5;
  const end = start + message.readInt32LE(start);
  const command = BSON.deserialize(message.subarray(start, end), { promoteValues: false });
  return { command, rest: message.subarray(end) };
}

function buildRequest(message: Buffer, command: Document, rest: Buffer): Buffer {
  const plain = Object.fromEntries(Object.entries(command).filter(([field]) => !SET_FIELDS.includes(field)));
  return withLength(Buffer.concat([message.subarray(0, HEADER_BYTES + 5), BSON.serialize(plain), rest]));
}

function answer(request: Buffer, document: Document): Buffer {
  const header = Buffer.alloc(HEADER_BYTES + 5);
  header.writeInt32LE(request.readInt32LE(4), 8);
  header.writeInt32LE(OP_MSG, 12);
  return withLength(Buffer.concat([header, BSON.serialize(document)]));
}

function errorOf({ code, label }: Exclude<Trouble, "cut">): Document {
  return { ok: 0, code, codeName: "Trouble", errmsg: "trouble of the test's making", errorLabels: [label] };
}

function withLength(message: Buffer): Buffer {
  message.writeInt32LE(message.length, 0);
  return message;
}
