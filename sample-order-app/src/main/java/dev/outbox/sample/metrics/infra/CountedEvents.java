package dev.outbox.sample.metrics.infra;

import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.sample.metrics.application.Metrics;
import dev.outbox.sample.metrics.domain.ProductMetrics;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Hears from Kafka of what is counted, all events of a poll at once: one transaction, with one statement for all products. An event that cannot be counted is put aside and holds up no later one,
 * because sums do not depend on the order.
 */
@RunsIn(ProcessRole.STREAMER)
@Component
class CountedEvents {
    private final Metrics metrics;

    CountedEvents(Metrics metrics) {
        this.metrics = metrics;
    }

    /** What this consumer needs of the payloads: which product it is; or, where products were viewed, which ones. */
    record ProductEvent(@Nullable Long productId, @Nullable List<Viewed> products) {
        long product() {
            return Objects.requireNonNull(productId, "an event of a product without its productId");
        }

        List<Viewed> viewed() {
            return Objects.requireNonNull(products, "an event of views without its products");
        }
    }

    record Viewed(long productId, long views) {}

    record CompletedOrder(List<Item> items) {}

    record Item(long productId, long quantity) {}

    @KafkaListener(topics = "products", batch = "true")
    @Inbox(
            value = "metrics-products",
            types = {"PRODUCT_LIKED", "PRODUCT_UNLIKED", "PRODUCT_SOLD_OUT", "PRODUCTS_VIEWED"},
            onFailure = FailedEventPolicy.CONTINUE)
    void products(List<ProductEvent> payloads, List<InboxMessage> events) {
        List<ProductMetrics> more = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            more.addAll(counted(events.get(i).eventType(), payloads.get(i)));
        }
        metrics.add(more);
    }

    /** A sale is an order that is completed: until then it can be cancelled. */
    @KafkaListener(topics = "orders", batch = "true")
    @Inbox(value = "metrics-orders", types = "ORDER_COMPLETED", onFailure = FailedEventPolicy.CONTINUE)
    void orders(List<CompletedOrder> orders) {
        Stream<Item> items = orders.stream().flatMap(order -> order.items().stream());
        metrics.add(items.map(item -> ProductMetrics.sales(item.productId(), item.quantity()))
                .toList());
    }

    private static List<ProductMetrics> counted(String eventType, ProductEvent event) {
        return switch (eventType) {
            case "PRODUCT_LIKED" -> List.of(ProductMetrics.likes(event.product(), 1));
            case "PRODUCT_UNLIKED" -> List.of(ProductMetrics.likes(event.product(), -1));
            case "PRODUCT_SOLD_OUT" -> List.of(ProductMetrics.soldOut(event.product()));
            case "PRODUCTS_VIEWED" ->
                event.viewed().stream()
                        .map(viewed -> ProductMetrics.views(viewed.productId(), viewed.views()))
                        .toList();
            default -> throw new IllegalArgumentException("nothing is counted of " + eventType);
        };
    }
}
