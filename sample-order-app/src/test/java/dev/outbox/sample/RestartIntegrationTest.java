package dev.outbox.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.sample.ShopClient.Answer;
import dev.outbox.test.ChildJvm;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The sample as a newcomer starts it, with its own servers, which is ended in the middle of work and started again; the last time with the configuration that is shipped, so
 * that its log is JSON.
 */
class RestartIntegrationTest {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int ORDERS_BEFORE_THE_END = 40;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path data;

    private final Queue<String> placed = new ConcurrentLinkedQueue<>();

    @Test
    void every_order_that_was_answered_has_one_notification_after_ctrl_c_and_after_a_crash() throws Exception {
        try (ChildJvm interrupted = start()) {
            endInTheMiddleOfWork(interrupted, interrupted::interrupt);
            assertThat(interrupted.exitCode(Duration.ofSeconds(20))).isEqualTo(130);
            awaitNothingLeftBehind();
        }
        try (ChildJvm killed = start()) {
            endInTheMiddleOfWork(killed, killed::kill);
        }
        try (ChildJvm last =
                start("--spring.config.location=classpath:/application.yml", "--sample.guide.enabled=true")) {
            ShopClient shop = shop(last);
            linesNameRequestUserAndOrder(last, shop);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(placed)
                            .allSatisfy(order ->
                                    assertThat(shop.notifications(order)).hasSize(1)));
            last.interrupt();
            last.exitCode(Duration.ofSeconds(20));
        }
        awaitNothingLeftBehind();
    }

    private ChildJvm start(String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of(
                "--sample.data-dir=" + data,
                "--sample.postgresql-port=0",
                "--sample.kafka-port=0",
                "--sample.redis-port=0",
                "--server.port=0"));
        return ChildJvm.start(
                LocalOrderApplication.class,
                List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
                arguments.toArray(String[]::new));
    }

    /** In the request that places an order, and where its event is handled. */
    private static void linesNameRequestUserAndOrder(ChildJvm application, ShopClient shop) {
        Answer order = shop.post(
                "/api/v1/orders",
                "{\"items\":[{\"productId\":1,\"quantity\":1}]}",
                "Idempotency-Key",
                UUID.randomUUID().toString(),
                "X-Request-Id",
                "r-4711");
        assertThat(order.status()).isEqualTo(201);
        String token = new String(Base64.getUrlDecoder().decode(shop.token().split("\\.")[1]), UTF_8);
        String user = JSON.readTree(token).get("sub").asString();
        for (String message : List.of(" is placed; its event is ", "Notification is stored for ")) {
            JsonNode line = JSON.readTree(application.awaitLine(
                    text -> text.contains(message) && text.contains(order.text("id")), Duration.ofSeconds(30)));
            assertThat(line.get("message").asString()).contains(message);
            assertThat(line.get("requestId").asString()).isEqualTo("r-4711");
            assertThat(line.get("userId").asString()).isEqualTo(user);
            assertThat(line.get("orderId").asString()).isEqualTo(order.text("id"));
        }
    }

    /** By what it prints: the address in the guide. */
    private static ShopClient shop(ChildJvm application) {
        String line = application.awaitLine("Application   http", START);
        int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
        return ShopClient.customer(port, "customer@example.com");
    }

    private void endInTheMiddleOfWork(ChildJvm application, Runnable end) throws InterruptedException {
        ShopClient shop = shop(application);
        int before = placed.size();
        Thread customer = new Thread(() -> placeOrdersUntilItEnds(shop), "customer");
        customer.start();
        await().atMost(START).until(() -> placed.size() >= before + ORDERS_BEFORE_THE_END);
        end.run();
        customer.join(Duration.ofSeconds(30).toMillis());
        assertThat(customer.isAlive()).isFalse();
    }

    private void placeOrdersUntilItEnds(ShopClient shop) {
        try {
            while (true) {
                Answer answer = shop.order(UUID.randomUUID().toString(), 1, 1);
                if (answer.status() == 201) placed.add(answer.text("id"));
            }
        } catch (UncheckedIOException e) {
            // the end
        }
    }

    /** Who watches a server ends a moment after it. */
    private void awaitNothingLeftBehind() {
        await().untilAsserted(
                        () -> assertThat(serverProcesses()).as("left behind").isEmpty());
    }

    private List<String> serverProcesses() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .map(process -> process.info().commandLine().orElse(""))
                .filter(command -> command.contains(data.toString()))
                .toList();
    }
}
