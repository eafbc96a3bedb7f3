package dev.outbox.sample.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.test.TestSize;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A short reconciliation in every build, and three longer ones where there is time for them. */
class ReconciliationIntegrationTest {
    @Test
    void orders_deductions_events_notifications_and_sales_agree_after_kills_and_a_stop_of_kafka() throws Exception {
        int orders = TestSize.of(300, 2000);
        for (long seed : LongStream.rangeClosed(1, TestSize.of(1, 3)).toArray()) {
            Options options = new Options(orders, TestSize.of(3, 9), seed, true);
            Result result = Reconciliation.run(options, System.out::println);
            System.out.println(result.line());
            assertThat(result.differences()).isEmpty();
            assertThat(List.of(
                            result.orders(),
                            result.deductions(),
                            result.events(),
                            result.notifications(),
                            result.sales()))
                    .containsOnly((long) orders);
            assertThat(result.pending() + result.quarantined()).isZero();
        }
    }

    @Test
    void without_dedup_notifications_and_sales_do_not_agree() throws Exception {
        Result result = Reconciliation.run(new Options(100, 0, 1, false), System.out::println);
        assertThat(result.orders()).isEqualTo(100);
        assertThat(result.notifications()).isGreaterThan(100);
        assertThat(result.sales()).isGreaterThan(100);
        assertThat(result.differences())
                .anyMatch(difference -> difference.startsWith("orders and notifications"))
                .anyMatch(difference -> difference.startsWith("pieces ordered and sold"));
    }
}
