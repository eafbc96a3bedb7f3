package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class KafkaClusterIntegrationTest {

    @Test
    void a_partition_whose_only_broker_is_killed_has_no_leader_until_that_starts_again() throws Exception {
        try (KafkaCluster cluster = KafkaCluster.start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            cluster.createTopic("t", Map.of(0, List.of(1), 1, List.of(2)), Map.of());
            await().until(() -> leaders(admin).equals(List.of(1, 2)));

            cluster.killBroker(2);
            await().until(() -> leaders(admin).equals(List.of(1, -1)));

            cluster.startBroker(2);
            await().until(() -> leaders(admin).get(1) == 2);
            assertThatThrownBy(() -> cluster.killBroker(3)).hasMessage("There are brokers 1 and 2, not 3");
        }
    }

    private static List<Integer> leaders(Admin admin) throws Exception {
        return admin.describeTopics(List.of("t")).allTopicNames().get(10, TimeUnit.SECONDS).values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(KafkaClusterIntegrationTest::leader)
                .toList();
    }

    private static int leader(TopicPartitionInfo partition) {
        return partition.leader() == null ? -1 : partition.leader().id();
    }
}
