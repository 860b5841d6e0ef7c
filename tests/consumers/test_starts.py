"""What a service needs to start, and what it leaves until it is needed."""

import subprocess
import sys

SERVICES = (
    "tocsin_alerting.web.__main__",
    "tocsin_consumers.desk.__main__",
    "tocsin_consumers.notifier.__main__",
    "tocsin_consumers.relay",
)
LATE = ("alembic", "numpy", "scipy")


def test_no_service_loads_at_its_start_what_few_of_them_ever_use() -> None:
    """Migrations and arrays take a quarter of a start, and after a death everybody waits for the start."""
    program = f"import sys, {', '.join(SERVICES)}\nprint(*(name for name in {LATE} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)

    assert done.stdout.split() == []
