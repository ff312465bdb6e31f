// Changes which method compiled Java calls, for a library that offers no other way in.

const CONSTANT_POOL_START = 10;
const UTF8 = 1;
const LONG = 5;
const DOUBLE = 6;
const CLASS = 7;
const METHOD = 10;
const NAME_AND_TYPE = 12;
/** Bytes of an entry behind its tag, by tag; texts carry their length. */
const ENTRY_BYTES = { 3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2 };
const INVOKE_VIRTUAL = 0xb6;
const INVOKE_STATIC = 0xb8;

/** Offsets of the entries of the constant pool by number, and where it ends. */
function readPool(bytes) {
  const count = bytes.readUInt16BE(CONSTANT_POOL_START - 2);
  const offsets = [];
  let offset = CONSTANT_POOL_START;
  for (let number = 1; number < count; number++) {
    const tag = bytes[offset];
    offsets[number] = offset;
    offset += 1 + (tag === UTF8 ? 2 + bytes.readUInt16BE(offset + 1) : ENTRY_BYTES[tag]);
    // These take the number behind theirs, too.
    if (tag === LONG || tag === DOUBLE) number++;
  }
  return { count, offsets, end: offset };
}

/** `Class.method(types)result` of the entry, when it is a method. */
function nameOfMethod(bytes, { offsets }, offset) {
  const textAt = (number) =>
    bytes.toString("utf8", offsets[number] + 3, offsets[number] + 3 + bytes.readUInt16BE(offsets[number] + 1));
  const owner = offsets[bytes.readUInt16BE(offset + 1)];
  const nameAndType = offsets[bytes.readUInt16BE(offset + 3)];
  const [name, type] = [1, 3].map((place) => textAt(bytes.readUInt16BE(nameAndType + place)));
  return `${textAt(bytes.readUInt16BE(owner + 1))}.${name}${type}`;
}

const uint16 = (value) => Buffer.from([value >> 8, value & 0xff]);
const text = (value) => Buffer.concat([Buffer.from([UTF8]), uint16(value.length), Buffer.from(value)]);

/**
 * The class with calls of an object's method replaced by calls of a static method, which gets the object as its first argument.
 *
 * @param {Buffer} bytes a compiled class
 * @param {string} from the object's method: `java/lang/String.compareTo(Ljava/lang/String;)I`
 * @param {{ owner: string, name: string, type: string }} to the static method
 * @throws {Error} when the class does not call it
 */
export function redirectCalls(bytes, from, to) {
  const pool = readPool(bytes);
  const number = pool.offsets.findIndex((offset) => bytes[offset] === METHOD && nameOfMethod(bytes, pool, offset) === from);
  if (number < 0) throw new Error(`the class does not call ${from}`);
  const { count, end } = pool;
  const added = Buffer.concat([
    ...[text(to.owner), Buffer.from([CLASS]), uint16(count), text(to.name), text(to.type)],
    ...[Buffer.from([NAME_AND_TYPE]), uint16(count + 2), uint16(count + 3)],
  ]);
  const changed = Buffer.concat([bytes.subarray(0, end), added, bytes.subarray(end)]);
  changed.writeUInt16BE(count + 5, CONSTANT_POOL_START - 2);
  changed.writeUInt16BE(count + 1, pool.offsets[number] + 1);
  changed.writeUInt16BE(count + 4, pool.offsets[number] + 3);
  const call = Buffer.concat([Buffer.from([INVOKE_VIRTUAL]), uint16(number)]);
  for (let at = changed.indexOf(call, end); at >= 0; at = changed.indexOf(call, at + 1)) changed[at] = INVOKE_STATIC;
  return changed;
}
