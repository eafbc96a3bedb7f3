package dev.outbox.test;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a broker.
 *
 * @param bindHost where it listens
 * @param host how clients name this machine
 * @param port the port of the listener that clients use directly
 * @param node its place in the cluster
 * @param behindProxy the port of the listener that only the proxy uses, null without a proxy
 * @param proxy the port that the clients of that listener are told, null without a proxy
 */
record BrokerSettings(
        String bindHost,
        String host,
        int port,
        ClusterNode node,
        @Nullable Integer behindProxy,
        @Nullable Integer proxy) {

    /** The settings by name. */
    Map<String, String> with(KafkaOptions options, String dataFolder) {
        String controller = node.isController() ? "CONTROLLER://%s:%d,".formatted(bindHost, node.controllerPort()) : "";
        String proxied = behindProxy == null ? "" : ",PROXIED://%s:%d".formatted(bindHost, behindProxy);
        String advertised = proxy == null ? "" : ",PROXIED://%s:%d".formatted(TcpProxy.HOST, proxy);
        Map<String, String> settings = new TreeMap<>();
        settings.put("process.roles", node.isController() ? "broker,controller" : "broker");
        settings.put("node.id", Integer.toString(node.id()));
        settings.put("controller.quorum.voters", node.voters());
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", "DIRECT");
        settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,DIRECT:PLAINTEXT,PROXIED:PLAINTEXT");
        settings.put("listeners", "%sDIRECT://%s:%d%s".formatted(controller, bindHost, port, proxied));
        settings.put("advertised.listeners", "DIRECT://%s:%d%s".formatted(host, port, advertised));
        settings.put("log.dirs", dataFolder);
        settings.put("auto.create.topics.enable", Boolean.toString(options.autoCreateTopics()));
        settings.put("group.initial.rebalance.delay.ms", "0");
        // with the defaults a killed broker needs 12 s to come back
        settings.put("broker.session.timeout.ms", "1500");
        settings.put("broker.heartbeat.interval.ms", "300");
        // a consumer may say that it is given up soon after its death; by default 6 s is the least
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "5");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "5");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.putAll(options.settings());
        return settings;
    }
}
