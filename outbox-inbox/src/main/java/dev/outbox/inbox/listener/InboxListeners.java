package dev.outbox.inbox.listener;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxConsumer;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.kafka.annotation.KafkaListenerAnnotationBeanPostProcessor.AnnotationEnhancer;
import org.springframework.kafka.annotation.KafkaListenerConfigurer;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.config.KafkaListenerEndpointRegistrar;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.util.StringUtils;

/**
 * Finds the listeners that are annotated with {@link Inbox}, and has Spring Kafka make their containers ours: by the hooks that it offers for this, an enhancer of its own annotation and a
 * post-processor of containers, so that everything else that is configured of listeners stays as it is.
 */
public final class InboxListeners implements AnnotationEnhancer, KafkaListenerConfigurer {
    private final ConfigurableBeanFactory beans;
    private final RedrivenRecords redrives = new RedrivenRecords();

    /** @param beans where everything else is looked up when the containers are made; this is among the first beans */
    public InboxListeners(ConfigurableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public Map<String, Object> apply(Map<String, Object> attributes, AnnotatedElement listener) {
        Inbox inbox = AnnotatedElementUtils.findMergedAnnotation(listener, Inbox.class);
        if (inbox == null) return attributes;
        boolean batch = "true".equals(attributes.get("batch"));
        check(inbox, listener, batch);
        String consumer = Objects.requireNonNull(beans.resolveEmbeddedValue(inbox.value()));
        Map<String, Object> enhanced = new HashMap<>(attributes);
        if (!StringUtils.hasText(text(attributes, "groupId")) && !StringUtils.hasText(text(attributes, "id")))
            enhanced.put("groupId", consumer);
        enhanced.put("properties", properties(attributes));
        enhanced.put("containerPostProcessor", register(consumer, inbox, listener, batch, attributes));
        return enhanced;
    }

    private static String text(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof String text ? text : "";
    }

    /** The last one of a name counts. */
    private static String[] properties(Map<String, Object> attributes) {
        List<String> properties = new ArrayList<>();
        if (attributes.get("properties") instanceof String[] given) properties.addAll(Arrays.asList(given));
        properties.add(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG + "=" + StringDeserializer.class.getName());
        properties.add(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG + "=" + ByteArrayDeserializer.class.getName());
        properties.add(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG + "=false");
        return properties.toArray(String[]::new);
    }

    private String register(
            String consumer, Inbox inbox, AnnotatedElement listener, boolean batch, Map<String, Object> attributes) {
        String name = "inbox " + consumer + " " + listener;
        InboxConsumer rules =
                new InboxConsumer(consumer, inbox.latestOnly(), inbox.onFailure() != FailedEventPolicy.CONTINUE);
        String applications = text(attributes, "containerPostProcessor");
        beans.registerSingleton(
                name,
                new InboxContainer(
                        beans, rules, inbox, PayloadTypes.of(inbox, listener, batch), batch, redrives, applications));
        return name;
    }

    private static void check(Inbox inbox, AnnotatedElement listener, boolean batch) {
        if (hasRetryTopics(listener))
            throw misuse(
                    listener,
                    "has @RetryableTopic, with which later events of a key overtake one that is tried again",
                    "Take it away: the inbox tries failing records again and puts them aside itself (outbox.inbox.retry).");
        if (!inbox.transaction() && batch)
            throw misuse(
                    listener, "takes batches without a transaction", "Take records, or leave out transaction = false.");
        if (!inbox.transaction() && inbox.latestOnly())
            throw misuse(
                    listener,
                    "takes the latest only without a transaction, which alone could hold an aggregate's version",
                    "Leave out one of the two.");
        List<Method> methods =
                listener instanceof Method method ? List.of(method) : PayloadTypes.handlers((Class<?>) listener);
        for (Method method : methods) {
            if (method.getReturnType() != void.class)
                throw misuse(
                        method,
                        "returns something, which would be sent or awaited outside of the transaction",
                        "Return nothing, and publish an event to answer.");
            if (List.of(method.getParameterTypes()).contains(Acknowledgment.class))
                throw misuse(
                        method,
                        "takes an Acknowledgment, but the inbox acknowledges when the transaction has committed",
                        "Take the parameter away.");
        }
    }

    private static boolean hasRetryTopics(AnnotatedElement listener) {
        return AnnotatedElementUtils.hasAnnotation(listener, RetryableTopic.class)
                || listener instanceof Method method
                        && AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), RetryableTopic.class);
    }

    /** Brings dead letters to the listeners that were found. */
    public RedrivenRecords redrives() {
        return redrives;
    }

    private static OutboxConfigurationException misuse(AnnotatedElement listener, String what, String remedy) {
        return new OutboxConfigurationException("The @Inbox listener %s %s.".formatted(listener, what), remedy);
    }

    /** Beside the resolvers that are there. */
    @Override
    public void configureKafkaListeners(KafkaListenerEndpointRegistrar registrar) {
        List<HandlerMethodArgumentResolver> resolvers = new ArrayList<>(registrar.getCustomMethodArgumentResolvers());
        resolvers.add(new InboxMessages());
        registrar.setCustomMethodArgumentResolvers(resolvers.toArray(HandlerMethodArgumentResolver[]::new));
    }
}
