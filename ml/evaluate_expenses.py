"""Run the embedded parser over sentences in the format of dev.jsonl and write its predictions for the scorer.

python ml/evaluate_expenses.py DATA.jsonl [PREDICTIONS.jsonl]   (standard output without the second)
"""

import datetime
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.services.parser import NoAmount, parse


def predict(row: dict[str, Any]) -> dict[str, Any]:
    """The scorer's line for one sentence."""
    reference = datetime.date.fromisoformat(row["ref_date"])
    try:
        found = parse(row["text"], reference, row["profile_currency"])
    except NoAmount:
        return {"id": row["id"], "failed": "no_amount"}
    return {
        "id": row["id"],
        "amount": str(found.amount),
        "currency": found.currency,
        "category": found.category,
        "merchant": found.merchant,
        "date": (found.date or reference).isoformat(),
        "type": found.type,
        "description": found.description,
    }


def main(data: str, target: str | None = None) -> None:
    """Predict every line of `data`; the time per sentence goes to standard error."""
    rows = [json.loads(line) for line in Path(data).read_text(encoding="utf-8").splitlines() if line.strip()]
    predict(rows[0])
    started = time.perf_counter()
    lines = [json.dumps(predict(row), ensure_ascii=False) for row in rows]
    print(f"{(time.perf_counter() - started) / len(rows) * 1000:.2f} ms a sentence", file=sys.stderr)
    text = "\n".join(lines) + "\n"
    if target:
        Path(target).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main(*sys.argv[1:3])
