package dev.outbox.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxMessage;
import dev.outbox.spi.TopicRouter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicRoutingTest {
    private static final TopicRouter SILENT = type -> null;
    private static final OutboxMessage ORDER = OutboxMessage.of("Order", "1", "OrderPlaced", "secret body");
    private static final OutboxMessage CUSTOMER = OutboxMessage.of("Customer", "1", "CustomerMoved", "");
    private static final String TAIL = " It was to be published as event type 'OrderPlaced' of aggregate type 'Order'.";

    @Test
    void topics_are_named_like_the_aggregate_types_by_default() {
        TopicRouting routing = new TopicRouting(TopicRules.DEFAULT, SILENT);
        assertThat(routing.topicOf(ORDER)).isEqualTo("Order");
        assertThat(routing.topicOf(CUSTOMER)).isEqualTo("Customer");
    }

    @Test
    void the_default_topic_may_have_more_to_it_than_the_aggregate_type_or_less() {
        assertThat(routing(Map.of(), "shop.{aggregateType}.events").topicOf(ORDER))
                .isEqualTo("shop.Order.events");
        TopicRouting one = routing(Map.of(), "events");
        assertThat(one.topicOf(ORDER)).isEqualTo(one.topicOf(CUSTOMER)).isEqualTo("events");
    }

    @Test
    void the_message_goes_before_the_properties_the_properties_before_the_router_and_that_before_the_default() {
        TopicRules rules = new TopicRules(Map.of("Order", "configured"), "default", false);
        TopicRouter router = type -> type.equals("Order") || type.equals("Customer") ? "routed" : null;
        TopicRouting routing = new TopicRouting(rules, router);
        assertThat(routing.topicOf(ORDER.topic("named"))).isEqualTo("named");
        assertThat(routing.topicOf(ORDER)).isEqualTo("configured");
        assertThat(routing.topicOf(CUSTOMER)).isEqualTo("routed");
        assertThat(routing.topicOf(OutboxMessage.of("Stock", "1", "E", ""))).isEqualTo("default");
    }

    @Test
    void properties_know_aggregate_types_and_not_event_types() {
        assertThat(routing(Map.of("OrderPlaced", "x"), "{aggregateType}").topicOf(ORDER))
                .isEqualTo("Order");
    }

    @Test
    void an_event_that_would_go_elsewhere_than_what_is_configured_for_its_aggregate_type_is_refused() {
        TopicRouting routing = routing(Map.of("Order", "orders"), "{aggregateType}");
        assertThatThrownBy(() -> routing.topicOf(ORDER.topic("other")))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessage("The topic of an event is 'other', but events of its aggregate type go to 'orders', and one"
                        + " aggregate in two topics has no order; name the same topic everywhere, or none and"
                        + " outbox.kafka.topics instead (or give up the order with"
                        + " outbox.kafka.one-topic-per-aggregate-type=false)."
                        + TAIL);
        assertThat(routing.topicOf(ORDER.topic("orders"))).isEqualTo("orders");
    }

    @Test
    void an_event_that_would_go_elsewhere_than_the_first_of_its_aggregate_type_is_refused() {
        TopicRouting routing = routing(Map.of(), "{aggregateType}");
        assertThat(routing.topicOf(ORDER.topic("orders"))).isEqualTo("orders");
        assertThatThrownBy(() -> routing.topicOf(ORDER.topic("other")))
                .hasMessageContaining("is 'other', but events of its aggregate type go to 'orders'");
        assertThatThrownBy(() -> routing.topicOf(ORDER))
                .hasMessageContaining("is 'Order', but events of its aggregate type go to 'orders'");
        assertThat(routing.topicOf(ORDER.topic("orders"))).isEqualTo("orders");
        assertThat(routing.topicOf(CUSTOMER.topic("other"))).isEqualTo("other");
    }

    @Test
    void a_name_that_kafka_refuses_does_not_decide_where_the_others_go() {
        TopicRouting routing = routing(Map.of(), "{aggregateType}");
        assertThatThrownBy(() -> routing.topicOf(ORDER.topic("a b"))).isNotNull();
        assertThat(routing.topicOf(ORDER)).isEqualTo("Order");
    }

    /** An application that makes up aggregate types must not fill the memory. */
    @Test
    void of_aggregate_types_made_up_by_the_thousand_only_the_first_are_watched_over() {
        TopicRouting routing = routing(Map.of(), "events");
        for (int i = 0; i < 10_000; i++) routing.topicOf(OutboxMessage.of("type " + i, "1", "E", ""));
        assertThat(routing.topicOf(ORDER)).isEqualTo("events");
        assertThat(routing.topicOf(ORDER.topic("other"))).isEqualTo("other");
        assertThatThrownBy(() ->
                        routing.topicOf(OutboxMessage.of("type 1", "1", "E", "").topic("other")))
                .isInstanceOf(InvalidOutboxMessageException.class);
    }

    @Test
    void aggregates_may_go_to_several_topics_if_somebody_wants_it_so() {
        TopicRouting routing = new TopicRouting(new TopicRules(Map.of("Order", "orders"), "x", false), SILENT);
        assertThat(routing.topicOf(ORDER.topic("other"))).isEqualTo("other");
        assertThat(routing.topicOf(ORDER)).isEqualTo("orders");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", ".", "..", "Größe", "a/b"})
    void a_name_that_kafka_refuses_is_refused_when_the_event_is_published(String topic) {
        TopicRouting routing = new TopicRouting(TopicRules.DEFAULT, type -> topic);
        assertThatThrownBy(() -> routing.topicOf(ORDER))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessage("The topic of an event is '" + topic
                        + "'; Kafka allows 1 to 249 letters, digits, '.', '_' and '-' (for events that name no topic,"
                        + " outbox.kafka.topics, a TopicRouter or outbox.kafka.default-topic does)." + TAIL);
    }

    @Test
    void the_longest_name_has_249_characters() {
        TopicRouting routing = new TopicRouting(new TopicRules(Map.of(), "x", false), SILENT);
        assertThat(routing.topicOf(ORDER.topic("t".repeat(249)))).hasSize(249);
        assertThatThrownBy(() -> routing.topicOf(ORDER.topic("t".repeat(250)))).isNotNull();
    }

    @Test
    void configured_names_are_checked_at_once() {
        assertThatThrownBy(() -> new TopicRules(Map.of("Order", "all orders"), "x", true))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage("outbox.kafka.topics.Order is 'all orders', which is no name of a topic."
                        + " Choose another name: Kafka allows 1 to 249 letters, digits, '.', '_' and '-'.");
        assertThatThrownBy(() -> new TopicRules(Map.of(), "shop.{eventType}", true))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage("outbox.kafka.default-topic is 'shop.{eventType}', which makes no name of a topic. Choose"
                        + " a name, with or without {aggregateType} in it, which stands for the name of the"
                        + " aggregate type: Kafka allows 1 to 249 letters, digits, '.', '_' and '-'.");
    }

    private static TopicRouting routing(Map<String, String> topics, String defaultTopic) {
        return new TopicRouting(new TopicRules(topics, defaultTopic, true), SILENT);
    }
}
