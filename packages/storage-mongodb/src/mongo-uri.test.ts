import { expect, test } from "vitest";
import { parseMongoUri } from "./mongo-uri.ts";

test("database, hosts and names of parameters", () => {
  const uri = "mongodb://ann:p%40ss@db.example:27018/furze?maxPoolSize=5&tls=true";
  expect(parseMongoUri(uri)).toEqual({
    uri,
    database: "furze",
    place: "MongoDB at db.example:27018",
    parameters: new Set(["maxpoolsize", "tls"]),
  });
  expect(parseMongoUri("mongodb+srv://cluster.example/f%C3%BCrze").database).toBe("fürze");
  expect(parseMongoUri("mongodb://a,b:1,[::1]:2/x?replicaSet=rs").place).toBe("MongoDB at a and 2 more");
  expect(parseMongoUri("MongoDB://%2Ftmp%2Fmongodb.sock/x").place).toBe("MongoDB at %2Ftmp%2Fmongodb.sock");
});

test.each([
  ["sqlite://x.db", /begins with sqlite:\/\/; supported are: mongodb:\/\//],
  ["127.0.0.1:27017/x", /begins with no scheme/],
  ["mongodb://", /names no host/],
  ["mongodb://u:secret@/x", /names no host/],
  ["mongodb://u:sec/ret@h/x", /percent-encoded|name of the database/],
  ["mongodb://u:secret@h", /must end with the name of the database/],
  ["mongodb://u:secret@h/", /must end with the name of the database/],
  ["mongodb://u:secret@h/?tls=true", /must end with the name of the database/],
  ["mongodb://u:secret@h/a.b", /must end with the name of the database/],
  ["mongodb://u:secret@h/%zz", /must end with the name of the database/],
])("%s is refused, without its password in the message", (uri, message) => {
  expect(() => parseMongoUri(uri)).toThrow(message);
  expect(() => parseMongoUri(uri)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", path: "uri" }));
  expect(() => parseMongoUri(uri)).not.toThrow(/sec.?ret/);
});
