package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.sample.ShopClient.Answer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many orders at the same moment. */
class ConcurrentOrdersIntegrationTest extends RunningShop {
    private static final int MANY = 20;

    @Test
    void identical_requests_at_once_give_one_order_one_deduction_one_event_and_one_notification() throws Exception {
        long product = shop.product(100);
        String key = newKey();
        List<Answer> answers = atOnce(i -> shop.order(key, product, 3));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(201));
        String order = answers.get(0).text("id");
        assertThat(answers).extracting(answer -> answer.text("id")).containsOnly(order);
        assertThat(answers)
                .filteredOn(answer ->
                        answer.headers().firstValue("Idempotent-Replayed").isEmpty())
                .as("the one that placed it")
                .hasSize(1);
        assertThat(orders(key)).isEqualTo(1);
        assertThat(shop.stock(product)).isEqualTo(97);
        assertThat(events(order)).isEqualTo(1);
        await().untilAsserted(() -> assertThat(shop.notifications(order)).hasSize(1));
    }

    @Test
    void orders_never_take_more_than_there_is() throws Exception {
        long product = shop.product(12);
        List<Answer> answers = atOnce(i -> untilSettled(newKey(), product));
        assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(12);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 201)
                .hasSize(MANY - 12)
                .allSatisfy(answer -> assertThat(answer.text("code")).isEqualTo("OUT_OF_STOCK"));
        assertThat(shop.stock(product)).isZero();
    }

    @Test
    void orders_of_the_same_products_in_opposite_sequence_do_not_block_each_other() throws Exception {
        long one = shop.product(1000);
        long other = shop.product(1000);
        String items = "[{\"productId\":%d,\"quantity\":1},{\"productId\":%d,\"quantity\":1}]";
        List<Answer> answers = atOnce(
                i -> shop.order(newKey(), i % 2 == 0 ? items.formatted(one, other) : items.formatted(other, one)));
        int placed =
                (int) answers.stream().filter(answer -> answer.status() == 201).count();
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 201)
                .allSatisfy(answer -> assertThat(answer.text("code")).isEqualTo("STOCK_CONFLICT"));
        assertThat(shop.stock(one)).isEqualTo(1000 - placed);
        assertThat(shop.stock(other)).isEqualTo(1000 - placed);
    }

    /** What a client does: after a conflict it sends the request again, with the same key. */
    private Answer untilSettled(String key, long product) {
        Answer answer;
        do {
            answer = shop.order(key, product, 1);
        } while (answer.status() == 409 && answer.text("code").equals("STOCK_CONFLICT"));
        return answer;
    }

    private static List<Answer> atOnce(IntFunction<Answer> request) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(MANY);
        CountDownLatch together = new CountDownLatch(MANY);
        try {
            List<Future<Answer>> requests = IntStream.range(0, MANY)
                    .mapToObj(i -> clients.submit(() -> {
                        together.countDown();
                        together.await();
                        return request.apply(i);
                    }))
                    .toList();
            return requests.stream()
                    .map(ConcurrentOrdersIntegrationTest::result)
                    .toList();
        } finally {
            clients.shutdownNow();
        }
    }

    private static Answer result(Future<Answer> request) {
        try {
            return request.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
