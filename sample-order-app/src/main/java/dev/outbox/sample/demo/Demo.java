package dev.outbox.sample.demo;

import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPermission;
import dev.outbox.sample.notification.application.NotificationSent;
import dev.outbox.sample.order.application.PlaceOrder;
import dev.outbox.sample.order.application.PlacedOrder;
import dev.outbox.sample.order.domain.Basket;
import dev.outbox.sample.product.application.ProductCatalog;
import dev.outbox.sample.product.application.StockedProduct;
import dev.outbox.sample.refusal.Refusal;
import dev.outbox.sample.user.application.Accounts;
import dev.outbox.sample.user.domain.Role;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/** Places an order every two seconds and prints the way of its event, one line each. All of it is read from the running system. */
@Component
@Profile("demo")
@EnableScheduling
class Demo {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String SKU = "DEMO";
    private static final String EMAIL = "demo@example.com";

    /** Looks at the outbox, without being a user who could log in. */
    private static final Authentication OPERATOR = UsernamePasswordAuthenticationToken.authenticated(
            "demo", null, AuthorityUtils.createAuthorityList(OutboxPermission.OUTBOX_VIEW.name()));

    private static final String COLUMNS = "  %-8s  %-36s  %-27s  %-12s  %s%n";

    private final ProductCatalog catalog;
    private final PlaceOrder placeOrder;
    private final Accounts accounts;
    private final OutboxOperations outbox;
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>(10_000);
    private boolean titlePrinted;

    Demo(ProductCatalog catalog, PlaceOrder placeOrder, Accounts accounts, OutboxOperations outbox) {
        this.catalog = catalog;
        this.placeOrder = placeOrder;
        this.accounts = accounts;
        this.outbox = outbox;
    }

    /** @param nanos when it was committed, by this process's {@link System#nanoTime()} */
    private record Arrival(NotificationSent sent, long nanos) {}

    @TransactionalEventListener
    void arrived(NotificationSent sent) {
        arrivals.offer(new Arrival(sent, System.nanoTime()));
    }

    @Scheduled(initialDelay = 2000, fixedDelay = 2000)
    void show() {
        if (!titlePrinted) {
            System.out.printf("  An order every two seconds, and the way of its event:%n%n");
            System.out.printf(COLUMNS, "order", "event", "in the outbox", "in Kafka", "notification");
            titlePrinted = true;
        }
        SecurityContextHolder.getContext().setAuthentication(OPERATOR);
        try {
            showOne();
        } catch (Refusal refusal) {
            System.out.printf("  no order: %s%n", refusal.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    private void showOne() throws InterruptedException {
        long customer = customer();
        arrivals.clear();
        long start = System.nanoTime();
        PlacedOrder placed = placeOrder.place(customer, "demo-" + UUID.randomUUID(), basket());
        UUID eventId = Objects.requireNonNull(placed.eventId());
        EventState afterCommit = outbox.find(eventId).orElseThrow();
        Arrival arrival = arrivalOf(eventId);
        System.out.printf(
                COLUMNS,
                placed.order().id().toString().substring(0, 8),
                eventId,
                status(afterCommit, published(eventId)),
                arrival == null ? "" : place(arrival.sent()),
                arrival == null ? "none yet" : notification(arrival, start));
    }

    private @Nullable Arrival arrivalOf(UUID eventId) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Arrival arrival;
        do {
            arrival = arrivals.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } while (arrival != null && !arrival.sent().notification().eventId().equals(eventId));
        return arrival;
    }

    /** The state of an event once its acknowledgement is recorded, or after the patience is over. */
    private EventState published(UUID eventId) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        EventState state = outbox.find(eventId).orElseThrow();
        while (state.status() != EventStatus.PUBLISHED && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(5);
            state = outbox.find(eventId).orElseThrow();
        }
        return state;
    }

    private static String status(EventState first, EventState last) {
        if (last.publishedAt() == null) return last.status().name();
        long millis = Duration.between(last.createdAt(), last.publishedAt()).toMillis();
        String before = first.status() == last.status() ? "" : first.status() + " -> ";
        return "%s%s (%d ms)".formatted(before, last.status(), millis);
    }

    private static String place(NotificationSent sent) {
        return "%s-%d@%d".formatted(sent.topic(), sent.partition(), sent.offset());
    }

    private static String notification(Arrival arrival, long start) {
        return "no. %d, %d ms after the order"
                .formatted(arrival.sent().notification().id(), TimeUnit.NANOSECONDS.toMillis(arrival.nanos() - start));
    }

    /** Whose orders they are: somebody whose password nobody knows. */
    private long customer() {
        return accounts.find(EMAIL)
                .orElseGet(() -> accounts.register(EMAIL, UUID.randomUUID().toString(), Role.USER))
                .id();
    }

    private Basket basket() {
        StockedProduct product = catalog.find(SKU)
                .orElseGet(() -> catalog.create(SKU, "Ordered by the demo", new BigDecimal("1.00"), 1_000_000));
        TreeMap<Long, Integer> pieces = new TreeMap<>();
        pieces.put(product.product().id(), ThreadLocalRandom.current().nextInt(1, 4));
        return new Basket(pieces);
    }
}
