import { loadDataset } from "@furze/dataset";
import { readFeedback } from "@furze/dataset/readers";
import { Als } from "@furze/matrix-factorization";

// feedback.csv has the columns user_id, item_id and feedback_type; users and items are taken from it.
const file = new URL("feedback.csv", import.meta.url).pathname;
const [users, items] = [new Set<string>(), new Set<string>()];
for await (const rows of readFeedback(file)) for (const row of rows) users.add(row.userId) && items.add(row.itemId);
const dataset = await loadDataset({
  users: [[...users].map((userId) => ({ userId, labels: null, comment: "" }))],
  items: [[...items].map((itemId) => ({ itemId, isHidden: false, categories: [], timestampMs: 0, labels: null, comment: "" }))],
  feedback: readFeedback(file),
  roles: { positive: [{ feedbackType: "like" }], negative: [], read: [] },
});
using model = await new Als({ numFactors: 8 }).fit(dataset.positive);
const ann = dataset.userIds.indexOf("ann");
const exclude = { offsets: Int32Array.of(0, dataset.positive.row(ann).length), indices: dataset.positive.row(ann) };
const { itemIndices } = await model.recommend([ann], { limit: 3, exclude });
for (const index of itemIndices) if (index >= 0) console.log(dataset.itemIds.idOf(index));
