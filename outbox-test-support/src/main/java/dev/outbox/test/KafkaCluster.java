package dev.outbox.test;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A Kafka cluster of two brokers, 1 and 2, that tests can kill and start again one by one. Each keeps its address and its contents. Broker 1 is also the
 * controller: without it no leader is elected.
 *
 * <p>The brokers are child processes of this JVM also where other servers run in Docker. Those that nobody closes end when this JVM is gone, and so does
 * their data. Thread-safe.
 */
public final class KafkaCluster implements AutoCloseable {

    private static final String NAME = "Kafka";

    private final Map<Integer, Broker> brokers;

    private record Broker(EmbeddedKafka kafka, RunningServer server) {

        static Broker start(ClusterNode node) {
            EmbeddedKafka kafka = new EmbeddedKafka(KafkaOptions.temporary(), node);
            return new Broker(kafka, RunningServer.start(NAME, kafka, () -> true));
        }

        String address() {
            return kafka.host() + ":" + kafka.port();
        }
    }

    private KafkaCluster(Map<Integer, Broker> brokers) {
        this.brokers = brokers;
    }

    /**
     * Starts both brokers with temporary data on free ports, and returns when clients can use them.
     *
     * @throws ServerStartException if one does not start; then none is left behind
     */
    public static KafkaCluster start() {
        ClusterNode first = ClusterNode.alone(Ports.free());
        Broker controller = Broker.start(first);
        try {
            return new KafkaCluster(Map.of(1, controller, 2, Broker.start(first.withId(2))));
        } catch (RuntimeException e) {
            controller.server().close();
            throw e;
        }
    }

    /** The addresses of both brokers, as {@code host:port,host:port}. */
    public String bootstrapServers() {
        return brokers.values().stream().map(Broker::address).sorted().collect(Collectors.joining(","));
    }

    /**
     * Creates a topic whose replicas are where the test wants them, and returns when clients can use it.
     *
     * @param assignment the brokers that have a replica, by partition, the preferred leader first; partitions count from 0 without a gap
     * @param settings of the topic, such as {@code min.insync.replicas}
     * @throws IllegalStateException if the cluster refuses it or does not answer within 30 s
     */
    public void createTopic(String name, Map<Integer, List<Integer>> assignment, Map<String, String> settings) {
        KafkaTopics.create(bootstrapServers(), new NewTopic(name, assignment).configs(settings));
    }

    /**
     * Ends a broker with SIGKILL, and returns when it is gone. The others notice it after a second and a half.
     *
     * @param id 1 or 2
     * @throws IllegalStateException if it is not running
     */
    public void killBroker(int id) {
        broker(id).kill();
    }

    /**
     * Starts a broker again, with the same contents under the same address. Stops it before when it is running.
     *
     * @param id 1 or 2
     * @throws ServerStartException if it does not start
     */
    public void startBroker(int id) {
        broker(id).restart();
    }

    /** Ends the brokers, the controller last, and deletes their data. Does nothing the second time. */
    @Override
    public void close() {
        try {
            broker(2).close();
        } finally {
            broker(1).close();
        }
    }

    private RunningServer broker(int id) {
        Broker found = brokers.get(id);
        if (found == null) {
            throw new IllegalArgumentException("There are brokers 1 and 2, not " + id);
        }
        return found.server();
    }
}
