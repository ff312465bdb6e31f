"""Calls every method of pygorse's two clients; prints one JSON object: what failed, by case, and which methods were called.

Usage: python pygorse_calls.py ENDPOINT API_KEY sync|async
"""

import asyncio
import inspect
import json
import sys
import traceback

from gorse import AsyncGorse, Gorse, GorseException, Score

ENDPOINT, API_KEY, MODE = sys.argv[1:4]


class Client:
    """Both clients behind one face, so that one list of cases drives them; remembers what was called."""

    called = set()

    def __init__(self, api_key=API_KEY, endpoint=ENDPOINT):
        self.gorse = (Gorse if MODE == "sync" else AsyncGorse)(endpoint, api_key)

    def __getattr__(self, name):
        method = getattr(self.gorse, name)
        Client.called.add(name)
        if MODE == "sync":
            return method
        return lambda *args, **kwargs: asyncio.run(method(*args, **kwargs))


client = Client()


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"got {actual!r}, expected {expected!r}")


def refuses(call, status, text):
    try:
        call()
    except GorseException as error:
        equal((error.status_code, error.message), (status, text))
    else:
        raise AssertionError("no GorseException")


def user(user_id, age, occupation, zip_code):
    labels = {"age": age, "gender": "M", "occupation": occupation, "zip_code": zip_code}
    return {"UserId": user_id, "Labels": labels, "Comment": ""}


def watch(item_id, value):
    return {
        "FeedbackType": "watch",
        "UserId": "2000",
        "ItemId": item_id,
        "Value": value,
        "Timestamp": "2026-01-02T03:04:05Z",
        "Comment": "",
    }


def users():
    page, cursor = client.get_users(3)
    equal(page, [
        user("1", 24, "technician", "85711"),
        user("10", 53, "lawyer", "90703"),
        user("100", 36, "executive", "90254"),
    ])
    following, _ = client.get_users(2, cursor)
    equal([row["UserId"] for row in following], ["11", "12"])
    new = {"UserId": "1000", "Labels": {"gender": "M", "occupation": "engineer"}, "Comment": "zhenghaoz"}
    equal(client.insert_user(new), {"RowAffected": 1})
    equal(client.get_user("1000"), new)
    equal(client.delete_user("1000"), {"RowAffected": 1})
    refuses(lambda: client.get_user("1000"), 404, "1000: user not found")


def users_in_bulk():
    equal(client.insert_users([{"UserId": "1001"}, {"UserId": "1002", "Comment": "b"}]), {"RowAffected": 2})
    equal(client.get_user("1001"), {"UserId": "1001", "Labels": None, "Comment": ""})
    for user_id in ["1001", "1002"]:
        equal(client.delete_user(user_id), {"RowAffected": 1})


def items():
    page, cursor = client.get_items(3)
    equal([row["ItemId"] for row in page], ["1", "10", "100"])
    equal(page[0], {
        "ItemId": "1",
        "IsHidden": False,
        "Categories": ["Comedy"],
        "Timestamp": "1995-01-01T00:00:00Z",
        "Labels": {"decade": "1990s"},
        "Comment": "Toy Story (1995)",
    })
    following, _ = client.get_items(2, cursor)
    equal([row["ItemId"] for row in following], ["101", "102"])
    new = {
        "ItemId": "2000",
        "IsHidden": True,
        "Labels": {"embedding": [0.1, 0.2, 0.3]},
        "Categories": ["Comedy", "Animation"],
        "Timestamp": "2026-01-02T03:04:05Z",
        "Comment": "Minions (2015)",
    }
    equal(client.insert_item(new), {"RowAffected": 1})
    equal(client.get_item("2000"), new)
    # All five keys are sent, the unset ones as null: they stay as they are.
    equal(client.update_item("2000", comment="小黄人 (2015)"), {"RowAffected": 1})
    equal(client.get_item("2000"), {**new, "Comment": "小黄人 (2015)"})
    changes = {"is_hidden": False, "categories": [], "labels": ["a", "b"], "timestamp": "2026-02-03T04:05:06Z"}
    equal(client.update_item("2000", **changes), {"RowAffected": 1})
    equal(client.get_item("2000"), {
        "ItemId": "2000",
        "IsHidden": False,
        "Categories": None,
        "Timestamp": "2026-02-03T04:05:06Z",
        "Labels": ["a", "b"],
        "Comment": "小黄人 (2015)",
    })
    equal(client.delete_item("2000"), {"RowAffected": 1})
    refuses(lambda: client.get_item("2000"), 404, "2000: item not found")


def search():
    items = client.search_items("Toy Story", 3)
    equal([item["ItemId"] for item in items], ["1"])
    equal(items[0]["Comment"], "Toy Story (1995)")


def feedback():
    equal(client.insert_user({"UserId": "2000"}), {"RowAffected": 1})
    rows = [watch("1", 1), watch("106", 2), watch("11", 3)]
    for row in rows:
        equal(client.delete_feedback(row["UserId"], row["ItemId"]), {"RowAffected": 0})
    equal(client.insert_feedbacks(rows), {"RowAffected": 3})
    stored = client.list_feedbacks("watch", "2000")
    equal(stored, [{**row, "Updated": row["Timestamp"]} for row in rows])
    equal(client.delete_feedback("2000", "1"), {"RowAffected": 1})
    equal([row["ItemId"] for row in client.list_feedbacks("watch", "2000")], ["106", "11"])
    value = {"value": 4.5} if MODE == "sync" else {}
    equal(client.insert_feedback("watch", "2000", "1", "2026-01-02T03:04:05Z", **value), {"RowAffected": 1})
    equal(client.list_feedbacks("watch", "2000")[0]["Value"], value.get("value", 0))
    page, cursor = client.get_feedbacks(2)
    equal([row["UserId"] for row in page], ["1", "1"])
    following, _ = client.get_feedbacks(2, cursor)
    equal(following[0]["ItemId"] in {row["ItemId"] for row in page}, False)
    equal(client.delete_user("2000"), {"RowAffected": 1})
    equal(client.list_feedbacks("watch", "2000"), [])


def neighbors():
    rows = client.get_neighbors("1", 3)
    # The same users like film 3.
    equal(rows[0]["Id"], "3")
    equal(len(rows), 3)
    equal(client.get_neighbors("1", 2, 1), rows[1:])


def recommend_newcomer():
    equal(client.insert_user({"UserId": "3000"}), {"RowAffected": 1})
    newest = client.get_recommend("3000", n=3)
    equal([row.id for row in newest], ["120", "119", "118"])
    equal([row.id for row in client.get_recommend("3000", "Comedy", n=2, offset=1)], ["117", "115"])
    equal(client.delete_user("3000"), {"RowAffected": 1})


def recommend_regular():
    scores = client.get_recommend("1", n=5)
    equal(len(scores), 5)
    equal([isinstance(row, Score) and isinstance(row.score, float) for row in scores], [True] * 5)
    # User 1 likes comedies, the odd films.
    equal([int(row.id) % 2 for row in scores], [1] * 5)
    equal([row.id for row in client.get_recommend("1", n=3, offset=2)], [row.id for row in scores[2:]])


def recommend_and_write_back():
    equal(client.insert_user({"UserId": "4000"}), {"RowAffected": 1})
    shown = client.get_recommend("4000", n=2, write_back_type="rating", write_back_delay="10s")
    again = client.get_recommend("4000", n=2)
    equal([row.id for row in again], [row.id for row in shown])  # its time has not come
    shown_now = client.get_recommend("4000", n=2, write_back_type="rating")
    equal({row["ItemId"] for row in client.list_feedbacks("rating", "4000")}, {row.id for row in shown_now})
    later = client.get_recommend("4000", n=2)
    equal({row.id for row in later} & {row.id for row in shown_now}, set())
    equal(client.delete_user("4000"), {"RowAffected": 1})


def session():
    seen = {"FeedbackType": "rating", "UserId": "", "ItemId": "1", "Value": 5, "Timestamp": "2026-01-02T03:04:05Z"}
    rows = client.session_recommend([seen], 3)
    equal([row["Id"] for row in rows], [row["Id"] for row in client.get_neighbors("1", 3)])
    equal(client.session_recommend([]), [])


def wrong_key():
    refuses(lambda: Client("wrong").get_user("1"), 401, "unauthorized")


CASES = [
    users,
    users_in_bulk,
    items,
    search,
    feedback,
    neighbors,
    recommend_newcomer,
    recommend_regular,
    recommend_and_write_back,
    session,
    wrong_key,
]


def main():
    failures = {}
    for case in CASES:
        try:
            case()
            failures[case.__name__] = None
        except Exception:
            failures[case.__name__] = traceback.format_exc(limit=3)
    methods = [name for name, _ in inspect.getmembers(type(client.gorse), inspect.isfunction) if not name.startswith("_")]
    print(json.dumps({"failures": failures, "not_called": sorted(set(methods) - Client.called)}))


main()
