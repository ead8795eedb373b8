"""Tests of host mode beside a real Docker, which `script/test-docker` starts in namespaces of its own."""

from __future__ import annotations

import os

import pytest

if os.environ.get("NSLAB_DOCKER") != "1":
    pytest.exit("These tests change the host's network: run `script/test-docker`.", returncode=4)
