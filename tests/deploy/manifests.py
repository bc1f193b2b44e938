"""deploy/k8s as `kubectl apply --kustomize` reads it: the listed files, the settings and the images put in."""

from collections.abc import Iterator
from typing import Any

import yaml
from dotenv import dotenv_values

from config import ROOT

FOLDER = ROOT / "deploy" / "k8s"
Manifest = dict[str, Any]
KUSTOMIZATION: Manifest = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
TEMPLATED = ("Deployment", "CronJob")


def _read(name: str) -> Iterator[Manifest]:
    for document in yaml.safe_load_all((FOLDER / name).read_text()):
        if document["kind"] in TEMPLATED:
            _put_images_in(pod(document))
        yield document


def _put_images_in(spec: Manifest) -> None:
    images = {image["name"]: f"{image['newName']}:{image['newTag']}" for image in KUSTOMIZATION["images"]}
    for container in spec["containers"]:
        container["image"] = images.get(container["image"], container["image"])


def pod(manifest: Manifest) -> Manifest:
    """The pod that a Deployment or a CronJob makes."""
    spec = manifest["spec"] if manifest["kind"] == "Deployment" else manifest["spec"]["jobTemplate"]["spec"]
    template: Manifest = spec["template"]
    return template["spec"]


def labels(manifest: Manifest) -> dict[str, str]:
    """The labels of that pod."""
    spec = manifest["spec"] if manifest["kind"] == "Deployment" else manifest["spec"]["jobTemplate"]["spec"]
    found: dict[str, str] = spec["template"]["metadata"]["labels"]
    return found


def container(manifest: Manifest) -> Manifest:
    """The one container of that pod."""
    (only,) = pod(manifest)["containers"]
    return dict(only)


def of_kind(*kinds: str) -> dict[str, Manifest]:
    """The manifests of some kinds by name."""
    return {manifest["metadata"]["name"]: manifest for manifest in MANIFESTS if manifest["kind"] in kinds}


def component(name: str) -> Manifest:
    """The Deployment or CronJob of a part of the service: api, worker, …"""
    return of_kind(*TEMPLATED)[f"finsight-{name}"]


MANIFESTS = [manifest for name in KUSTOMIZATION["resources"] for manifest in _read(name)]
SETTINGS = {
    name: value or ""
    for generator in KUSTOMIZATION["configMapGenerator"]
    for file in generator["envs"]
    for name, value in dotenv_values(FOLDER / file).items()
}
(SECRET,) = yaml.safe_load_all((FOLDER / "secret.example.yaml").read_text())
COMPONENTS = [name.removeprefix("finsight-") for name in of_kind(*TEMPLATED)]
