package dev.outbox.sample.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.test.ChildJvm;
import dev.outbox.test.TestSize;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A short reconciliation in every build, and three longer ones where there is time for them; as {@code sample-order-app/reconcile} starts it. */
class ReconciliationIntegrationTest {
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    @Test
    void orders_deductions_events_notifications_and_sales_agree_after_kills_and_a_stop_of_kafka() {
        int orders = TestSize.of(300, 2000);
        int kills = TestSize.of(3, 9);
        for (long seed : LongStream.rangeClosed(1, TestSize.of(1, 3)).toArray())
            try (ChildJvm reconcile =
                    start("--orders", text(orders), "--kills", text(kills), "--seed", Long.toString(seed))) {
                String line = lastLine(reconcile, 0);
                assertThat(line)
                        .matches("RECONCILED orders=%1$d deductions=%1$d events=%1$d notifications=%1$d sales=%1$d"
                                        .formatted(orders)
                                + " duplicates=\\d+ pending=0 quarantined=0 kills=%d differences=0".formatted(kills));
                assertThat(reconcile.output()).anyMatch(happened -> happened.contains("Kafka is stopped"));
            }
    }

    @Test
    void without_dedup_notifications_and_sales_do_not_agree_and_the_exit_status_says_so() {
        try (ChildJvm reconcile = start("--orders", "100", "--kills", "0", "--without-dedup")) {
            assertThat(lastLine(reconcile, 1))
                    .matches("RECONCILED orders=100 deductions=100 events=100 notifications=\\d+ sales=\\d+"
                            + " duplicates=\\d+ pending=0 quarantined=0 kills=0 differences=[1-9]\\d*")
                    .doesNotContain("notifications=100 ", "sales=100 ");
            assertThat(reconcile.output())
                    .anyMatch(line -> line.startsWith("DIFFERENCE orders and notifications"))
                    .anyMatch(line -> line.startsWith("DIFFERENCE pieces ordered and sold"));
        }
    }

    @Test
    void what_cannot_be_run_is_said_with_another_exit_status() {
        try (ChildJvm reconcile = start("--orders", "many")) {
            assertThat(lastLine(reconcile, 2))
                    .isEqualTo(
                            "--orders is a number, not 'many'. Usage: reconcile [--orders N] [--kills N] [--seed N] [--without-dedup]");
        }
    }

    private static ChildJvm start(String... arguments) {
        return ChildJvm.start(Reconciliation.class, List.of("-Xmx256m"), arguments);
    }

    private static String text(int number) {
        return Integer.toString(number);
    }

    private static String lastLine(ChildJvm reconcile, int exitStatus) {
        int status = reconcile.exitCode(PATIENCE);
        List<String> output = reconcile.output();
        output.forEach(System.out::println);
        assertThat(status).as("exit status").isEqualTo(exitStatus);
        return output.get(output.size() - 1);
    }
}
