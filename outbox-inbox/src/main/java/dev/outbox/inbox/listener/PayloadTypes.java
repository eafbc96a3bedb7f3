package dev.outbox.inbox.listener;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxEvent;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.util.ReflectionUtils;

/**
 * What a listener takes of each event type.
 *
 * @param accepted the event types that it takes; empty for all
 * @param byEventType the types that payloads of some event types are read as
 * @param otherwise the type that all other payloads are read as
 */
record PayloadTypes(Set<String> accepted, Map<String, Type> byEventType, Type otherwise) {
    private static final Set<Class<?>> NO_PAYLOADS =
            Set.of(InboxMessage.class, ConsumerRecord.class, Consumer.class, Acknowledgment.class);

    boolean accepts(String eventType) {
        return accepted.isEmpty() || accepted.contains(eventType);
    }

    Type of(String eventType) {
        return byEventType.getOrDefault(eventType, otherwise);
    }

    static PayloadTypes of(Inbox inbox, AnnotatedElement listener, boolean batch) {
        Set<String> given = Set.of(inbox.types());
        if (listener instanceof Method method) {
            Type type = payload(method, batch);
            OutboxEvent event = event(type);
            return new PayloadTypes(event == null || !given.isEmpty() ? given : Set.of(event.type()), Map.of(), type);
        }
        Map<String, Type> byEventType = new HashMap<>();
        boolean takesOthers = false;
        for (Method method : handlers((Class<?>) listener)) {
            Type type = payload(method, batch);
            OutboxEvent event = event(type);
            KafkaHandler handler = AnnotatedElementUtils.findMergedAnnotation(method, KafkaHandler.class);
            if (event != null) byEventType.put(event.type(), type);
            else if (handler != null && handler.isDefault() && type == byte[].class) takesOthers = true;
            else throw unknownType(method, type);
        }
        return new PayloadTypes(
                takesOthers || !given.isEmpty() ? given : byEventType.keySet(), byEventType, byte[].class);
    }

    static List<Method> handlers(Class<?> listener) {
        return Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(listener))
                .filter(method -> AnnotatedElementUtils.hasAnnotation(method, KafkaHandler.class))
                .toList();
    }

    /** The type of the parameter that is annotated as the payload, else of the first one that is nothing else. */
    private static Type payload(Method method, boolean batch) {
        Type first = null;
        for (int i = 0; i < method.getParameterCount(); i++) {
            MethodParameter parameter = new MethodParameter(method, i);
            ResolvableType type = ResolvableType.forMethodParameter(parameter);
            if (batch) type = type.getGeneric();
            if (type.toClass() == Message.class) type = type.getGeneric();
            if (NO_PAYLOADS.contains(type.toClass())) continue;
            if (parameter.hasParameterAnnotation(Payload.class)) return type.getType();
            if (first == null && parameter.getParameterAnnotations().length == 0) first = type.getType();
        }
        return first == null ? byte[].class : first;
    }

    private static @org.jspecify.annotations.Nullable OutboxEvent event(Type type) {
        return AnnotatedElementUtils.findMergedAnnotation(
                ResolvableType.forType(type).toClass(), OutboxEvent.class);
    }

    private static OutboxConfigurationException unknownType(Method method, Type type) {
        return new OutboxConfigurationException(
                "Which events %s is for cannot be told from its payload %s.".formatted(method, type.getTypeName()),
                "Annotate the payload's class with @OutboxEvent, or make this the default handler with a payload of byte[].");
    }
}
