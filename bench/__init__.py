"""Measurements that anybody can run; they print figures and assert nothing."""
