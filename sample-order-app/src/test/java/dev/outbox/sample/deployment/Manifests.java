package dev.outbox.sample.deployment;

import io.kubernetes.client.common.KubernetesObject;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** What is deployed, read by Kubernetes' own model, which knows every field: one that does not exist, or has another type, is an error. */
record Manifests(List<KubernetesObject> objects) {
    static final Path BASE = Path.of("k8s", "base");
    static final Path KAFKA_TLS = Path.of("k8s", "overlays", "kafka-tls");

    private interface Model {
        KubernetesObject read(String json) throws IOException;
    }

    private static final Map<String, Model> MODELS = Map.of(
            "v1 Namespace", V1Namespace::fromJson,
            "v1 Service", V1Service::fromJson,
            "apps/v1 Deployment", V1Deployment::fromJson,
            "autoscaling/v2 HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::fromJson,
            "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget::fromJson,
            "networking.k8s.io/v1 Ingress", V1Ingress::fromJson);

    /** As they are, without the kustomization's changes. */
    static Manifests base() throws IOException {
        return patched(Map.of());
    }

    /** With a patch of every Deployment, as kustomize applies it. */
    static Manifests patched(Map<String, Object> deploymentPatch) throws IOException {
        List<KubernetesObject> objects = new ArrayList<>();
        for (String file : Kustomization.of(BASE).resources())
            for (Map<String, Object> document : YamlFiles.all(BASE.resolve(file)))
                objects.add(
                        read("Deployment".equals(document.get("kind")) ? merged(document, deploymentPatch) : document));
        return new Manifests(objects);
    }

    private static KubernetesObject read(Map<String, Object> document) throws IOException {
        Model model = MODELS.get(document.get("apiVersion") + " " + document.get("kind"));
        if (model == null) throw new IllegalArgumentException("Nothing is known of " + document.get("kind") + ".");
        return model.read(JsonMapper.shared().writeValueAsString(document));
    }

    <T extends KubernetesObject> List<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    Stream<V1Deployment> deployments() {
        return all(V1Deployment.class).stream();
    }

    /** The only container of a Deployment. */
    static V1Container container(V1Deployment deployment) {
        List<V1Container> containers =
                deployment.getSpec().getTemplate().getSpec().getContainers();
        if (containers.size() != 1) throw new IllegalArgumentException("There are several containers.");
        return containers.get(0);
    }

    /** A strategic merge: mappings by key, lists of things that have a name by that name, everything else replaced. The name of the whole stays. */
    private static Map<String, Object> merged(Map<String, Object> base, Map<String, Object> patch) {
        Map<String, Object> changes = new LinkedHashMap<>(patch);
        changes.remove("metadata");
        return asMapping(merge(base, changes));
    }

    private static Object merge(Object base, Object patch) {
        if (base instanceof Map && patch instanceof Map) {
            Map<String, Object> merged = new LinkedHashMap<>(asMapping(base));
            asMapping(patch).forEach((key, value) -> merged.merge(key, value, Manifests::merge));
            return merged;
        }
        if (base instanceof List<?> all && patch instanceof List<?> changes) {
            Map<Object, Object> byName = new LinkedHashMap<>();
            for (Object item : all) byName.put(name(item), item);
            for (Object item : changes) byName.merge(name(item), item, Manifests::merge);
            return List.copyOf(byName.values());
        }
        return patch;
    }

    private static Object name(Object item) {
        return item instanceof Map<?, ?> mapping && mapping.containsKey("name") ? mapping.get("name") : item;
    }

    @SuppressWarnings("unchecked") // keys are text in all of these files
    private static Map<String, Object> asMapping(Object value) {
        return (Map<String, Object>) value;
    }
}
