"""deploy/kubernetes: every manifest against Kubernetes' own schemas, unknown fields being errors, in
the oldest and the newest version that we think of; and what the manifests say about each other."""

import functools
import json
import warnings
import zipfile

import fetched
from program import Failed, check
from units import understood

# podFailurePolicy is the youngest thing that is used; before, it had to have onPodConditions too.
VERSIONS = ("1.29.0", "1.37.0")
FOLDER = "kubernetes_validate/kubernetes-json-schema"
KUSTOMIZATION = {"apiVersion", "kind", "resources", "images"}


def verify(bench):
    files = {path.name: documents(path) for path in sorted((bench.deploy / "kubernetes").glob("*.yaml"))}
    kustomization = files.pop("kustomization.yaml")[0]
    schemas = Schemas(fetched.wheel("kubernetes_schemas"))
    for name, objects in files.items():
        for one in objects:
            for version in VERSIONS:
                schemas.hold(one, version, name)
    check_kustomization(kustomization, files)
    objects = {(one["kind"], one["metadata"]["name"]): one for found in files.values() for one in found}
    check_references(objects)
    check_job(bench, objects["CronJob", "bitbucket-etl"], kustomization)
    token = objects["Secret", "bitbucket-etl-secrets"]["stringData"]["token"]
    check("not-a-token" in token, "the example of a Secret has something that may be a token")


def documents(path):
    yaml = fetched.module("yaml", "python3-yaml")

    class Strict(yaml.SafeLoader):
        """A key that stands twice is a mistake, and not the last one's right."""

        def construct_mapping(self, node, deep=False):
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            twice = {key for key in keys if keys.count(key) > 1}
            check(not twice, f"{path.name}:{node.start_mark.line + 1}: twice: {twice}")
            return super().construct_mapping(node, deep)

    try:
        return [one for one in yaml.load_all(path.read_text(), Strict) if one]
    except yaml.YAMLError as error:
        raise Failed(f"{path.name}: {error}") from None


class Schemas:
    """The schemas as they lie in the package kubernetes-validate; `strict` ones allow no unknown field."""

    def __init__(self, wheel):
        self.validation = fetched.module("jsonschema", "python3-jsonschema")
        self.archive = zipfile.ZipFile(wheel)

    @functools.cache
    def read(self, version, name):
        try:
            return json.loads(self.archive.read(f"{FOLDER}/v{version}-local-strict/{name}.json"))
        except KeyError:
            raise Failed(f"Kubernetes {version} has no {name}") from None

    def hold(self, one, version, file):
        # batch/v1 and rbac.authorization.k8s.io/v1 are batch-v1 and rbac-v1 there.
        group, _, api = one["apiVersion"].rpartition("/")
        name = "-".join(part for part in (one["kind"].lower(), group.split(".")[0], api) if part)
        schema, definitions = self.read(version, name), self.read(version, "_definitions")
        with warnings.catch_warnings():
            # Newer versions of the library call it old; the one of Debian 12 has nothing else.
            warnings.simplefilter("ignore", DeprecationWarning)
            resolver = self.validation.RefResolver(schema["$id"], schema, {definitions["$id"]: definitions})
            found = list(self.validation.Draft202012Validator(schema, resolver=resolver).iter_errors(one))
        words = [f"{file}: {'.'.join(map(str, e.absolute_path))}: {e.message}" for e in found]
        check(not found, f"Kubernetes {version}:\n" + "\n".join(words))


def check_kustomization(kustomization, files):
    """kustomize's own schema is in no registry; these are its rules for what we use of it."""
    check(set(kustomization) == KUSTOMIZATION, f"kustomization.yaml: its fields are {sorted(kustomization)}")
    listed = set(kustomization["resources"])
    examples = {name for name in files if name.endswith(".example.yaml")}
    check(listed == set(files) - examples, f"kustomization.yaml lists {sorted(listed)}, there are {sorted(files)}")
    # Applied again, a placeholder would take the place of the user's token.
    secret = [name for name in listed for one in files[name] if one["kind"] == "Secret"]
    check(not secret, f"kustomization.yaml applies a Secret: {secret}")


def check_references(objects):
    """Whatever is named is there, with the key that is asked for."""
    pod = objects["CronJob", "bitbucket-etl"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    kinds = {"configMapKeyRef": ("ConfigMap", "data"), "secretKeyRef": ("Secret", "stringData")}
    for container in pod["containers"]:
        for variable in container["env"]:
            for way, reference in variable.get("valueFrom", {}).items():
                kind, member = kinds[way]
                held = objects.get((kind, reference["name"]))
                check(held, f"{variable['name']}: there is no {kind} {reference['name']}")
                known = reference["key"] in held[member] or reference.get("optional")
                check(known, f"{variable['name']}: {reference['name']} has no {reference['key']}")
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        check(mounted == {volume["name"] for volume in pod["volumes"]}, f"mounted are {mounted}")
    for volume in pod["volumes"]:
        if "persistentVolumeClaim" in volume:
            claim = volume["persistentVolumeClaim"]["claimName"]
            check(("PersistentVolumeClaim", claim) in objects, f"there is no claim {claim}")


def check_job(bench, job, kustomization):
    """What is promised of it."""
    spec = job["spec"]
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    outer, inner = pod["securityContext"], container["securityContext"]
    sources = {variable["name"]: variable for variable in container["env"]}
    places = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for right, promise in (
        (spec["schedule"] == "0 */6 * * *", "it starts every six hours"),
        (spec["concurrencyPolicy"] == "Forbid", "two never run at once"),
        (outer["runAsNonRoot"] and outer["runAsUser"] > 0, "its user is not root"),
        (outer["seccompProfile"]["type"] == "RuntimeDefault", "the runtime's seccomp profile holds"),
        (inner["readOnlyRootFilesystem"] is True, "its root file system is read-only"),
        (inner["allowPrivilegeEscalation"] is False, "it cannot gain privileges"),
        (inner["capabilities"] == {"drop": ["ALL"]}, "it has no capabilities"),
        (container["resources"]["limits"] == {"cpu": "2", "memory": "4Gi"}, "2 CPU and 4Gi are its limits"),
        ({"cpu", "memory"} == set(container["resources"]["requests"]), "it requests what it needs"),
        (pod["enableServiceLinks"] is False, "no Service sets variables of its environment"),
        (sources["FORGEHOUSE_DATA"]["value"] == "/data", "its data lie in /data"),
        ("persistentVolumeClaim" in volumes[places["/data"]], "/data is a persistent volume"),
        ("emptyDir" in volumes[places["/tmp"]], "/tmp is an empty folder"),
        ("secretKeyRef" in sources["BITBUCKET_TOKEN"]["valueFrom"], "the token comes from the Secret"),
        (container["image"] in [image["name"] for image in kustomization["images"]], "the image can be chosen"),
    ):
        check(right, f"cronjob.yaml does not hold: {promise}")
    understood(bench.program, container["args"])
