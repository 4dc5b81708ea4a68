"""The same scan by the workers of a Dask cluster, given a path that means something only here."""

from __future__ import annotations

from sattheory.growth import scan
from tests.growth.series_files import FINETUNE
from tests.test_cluster import Cluster, cluster  # noqa: F401  (a fixture)


def test_the_cluster_gives_the_same_bits(cluster: Cluster, monkeypatch) -> None:  # noqa: F811
    monkeypatch.chdir(FINETUNE.parent)
    one = scan(FINETUNE.name, embeddings=True, scalars=True)
    other = scan(FINETUNE.name, embeddings=True, scalars=True, scheduler=cluster.address)
    assert one.to_csv() == other.to_csv()
