"""Guards the logs of every Python process whose PYTHONPATH names this folder. Python imports it by this name."""

from core.log_guard import guard_logs

guard_logs()
