import { expect, test } from "vitest";
import { parseBucketUri } from "./bucket-uri.ts";

test("bucket and prefix are taken apart, slashes around the prefix do not count", () => {
  expect(parseBucketUri("s3://models", "s3", "bucket")).toEqual({ bucket: "models", prefix: "", place: "s3://models" });
  for (const uri of ["s3://models/a/b", "s3://models/a/b/", "s3://models//a//b/"]) {
    expect(parseBucketUri(uri, "s3", "bucket")).toEqual({ bucket: "models", prefix: "a/b/", place: "s3://models/a/b" });
  }
});

test("an address without a bucket, of another scheme or with a login is refused, and a login not repeated", () => {
  expect(() => parseBucketUri("gs:///prefix", "gs", "bucket")).toThrow(/must include a bucket: gs:\/\/bucket\/prefix/);
  expect(() => parseBucketUri("s3://b", "az", "container")).toThrow(/must begin with az:\/\//);
  expect(() => parseBucketUri("s3://me:secret@host/b", "s3", "bucket")).toThrow(/bucket with characters/);
  expect(() => parseBucketUri("s3://me:secret@host/b", "s3", "bucket")).not.toThrow(/secret/);
});
