package dev.outbox.sample.reconcile;

import dev.outbox.sample.reconcile.Topics.Sent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the tables and the topics say, each read without the shop's help, and where they do not agree. */
final class Books {
    private static final JsonMapper JSON = new JsonMapper();

    private final JdbcClient jdbc;
    private final List<Sent> orderEvents;
    private final List<Sent> productEvents;
    private final int copies;
    private final Set<String> seen = new HashSet<>();
    private final List<String> differences = new ArrayList<>();

    /** @param copies that were sent by whoever compares, and do not count as duplicates of the shop */
    Books(JdbcClient jdbc, Topics topics, int copies) {
        this.jdbc = jdbc;
        this.copies = copies;
        orderEvents = topics.read("orders");
        productEvents = topics.read("products");
    }

    /**
     * Compares everything with everything.
     *
     * @param told the orders that customers were told of
     * @param stock of each product at the beginning
     * @param kills that there were
     */
    Result reconcile(Options options, Set<String> told, int placedTwice, int stock, int kills) {
        Set<String> orders = new HashSet<>(strings("SELECT id::text FROM orders"));
        agree("orders with several ids", 0, placedTwice);
        agree("orders placed and asked for", options.orders(), orders.size());
        agree("orders and what customers were told", told, orders);

        Map<String, Long> ordered = sums("SELECT product_id, sum(quantity) FROM order_items GROUP BY product_id");
        Map<String, Long> deducted =
                sums("SELECT product_id, %d - quantity FROM stocks WHERE quantity <> %d".formatted(stock, stock));
        Map<String, Long> sold = sums("SELECT product_id, sales FROM product_metrics WHERE sales <> 0");
        agree("pieces ordered and deducted, by product", ordered, deducted);
        agree("pieces ordered and sold, by product", ordered, sold);

        List<Sent> events = distinct(orderEvents);
        Map<String, List<String>> typesByOrder = events.stream()
                .collect(Collectors.groupingBy(Sent::subject, Collectors.mapping(Sent::type, Collectors.toList())));
        Map<String, List<String>> wantedTypes = orders.stream()
                .collect(Collectors.toMap(order -> order, order -> List.of("ORDER_CREATED", "ORDER_COMPLETED")));
        agree("events of each order, in their order", wantedTypes, typesByOrder);
        agree(
                "orders and notifications",
                orders.stream().sorted().toList(),
                strings("SELECT order_id::text FROM notifications ORDER BY order_id::text"));
        agree(
                "events of orders and what the data platform has",
                events.stream().map(Sent::eventId).collect(Collectors.toSet()),
                Set.copyOf(strings("SELECT idempotency_key FROM mock_data_platform_orders")));

        agree(
                "likes given and counted, by product",
                sums("SELECT product_id, count(*) FROM product_likes GROUP BY product_id"),
                sums("SELECT product_id, likes FROM product_metrics WHERE likes <> 0"));
        agree(
                "views sent and counted, by product",
                viewsSent(),
                sums("SELECT product_id, views FROM product_metrics WHERE views <> 0"));
        long pending = number("SELECT count(*) FROM outbox_events WHERE status NOT IN ('PUBLISHED', 'QUARANTINED')");
        long quarantined = number("SELECT count(*) FROM outbox_events WHERE status = 'QUARANTINED'");
        agree("events that are not sent", 0L, pending + quarantined);
        agree("records put aside", 0L, number("SELECT count(*) FROM inbox_dead_letters"));
        return new Result(
                orders.size(),
                sum(deducted),
                events.stream()
                        .filter(event -> event.type().equals("ORDER_CREATED"))
                        .count(),
                number("SELECT count(*) FROM notifications"),
                sum(sold),
                (long) orderEvents.size() + productEvents.size() - distinctEvents() - copies,
                pending,
                quarantined,
                kills,
                List.copyOf(differences));
    }

    private void agree(String what, Object one, Object other) {
        if (Objects.equals(one, other)) return;
        String text = "%s: %s, %s".formatted(what, one, other);
        differences.add(text.length() <= 400 ? text : text.substring(0, 400) + " …");
    }

    private long distinctEvents() {
        return Stream.of(orderEvents, productEvents)
                .flatMap(List::stream)
                .map(Sent::eventId)
                .distinct()
                .count();
    }

    /** The first copy of each event, in the order of the topic. */
    private List<Sent> distinct(List<Sent> records) {
        return records.stream().filter(record -> seen.add(record.eventId())).toList();
    }

    private Map<String, Long> viewsSent() {
        Map<String, Long> views = new TreeMap<>();
        for (Sent event : distinct(productEvents)) {
            if (!event.type().equals("PRODUCTS_VIEWED")) continue;
            for (JsonNode view : JSON.readTree(event.record().value()).get("products"))
                views.merge(view.get("productId").asString(), view.get("views").asLong(), Long::sum);
        }
        return views;
    }

    private List<String> strings(String sql) {
        return jdbc.sql(sql).query(String.class).list();
    }

    private long number(String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }

    /** By product. */
    private Map<String, Long> sums(String sql) {
        Map<String, Long> sums = new HashMap<>();
        jdbc.sql(sql).query(row -> {
            sums.put(row.getString(1), row.getLong(2));
        });
        return sums;
    }

    private static long sum(Map<String, Long> values) {
        return values.values().stream().mapToLong(Long::longValue).sum();
    }
}
