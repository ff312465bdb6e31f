import { describeSystem } from "./support/describe-system.ts";

describeSystem("a system on SQLite", {});
