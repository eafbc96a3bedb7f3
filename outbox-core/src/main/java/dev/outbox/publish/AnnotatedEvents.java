package dev.outbox.publish;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxMessage;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads {@link OutboxEvent} off an event's class, once per class. */
final class AnnotatedEvents {
    private final ClassValue<Mapping> mappings = new ClassValue<>() {
        @Override
        protected Mapping computeValue(Class<?> type) {
            return Mapping.of(type);
        }
    };

    OutboxMessage toMessage(@Nullable Object event) {
        if (event == null) {
            throw new InvalidOutboxMessageException(
                    "The event is null; publish an object of a class annotated with @OutboxEvent.");
        }
        return mappings.get(event.getClass()).toMessage(event);
    }

    private record Mapping(
            OutboxEvent annotation, Property key, @Nullable Property version) {
        static Mapping of(Class<?> type) {
            OutboxEvent annotation = type.getAnnotation(OutboxEvent.class);
            if (annotation == null) {
                throw new InvalidOutboxMessageException(
                        "%s is not annotated with @OutboxEvent; annotate it, or publish OutboxMessage.of(aggregateType, aggregateId, eventType, payload)."
                                .formatted(type.getName()));
            }
            Property version =
                    annotation.version().isEmpty() ? null : Property.of(type, "version", annotation.version());
            return new Mapping(annotation, Property.of(type, "key", annotation.key()), version);
        }

        OutboxMessage toMessage(Object event) {
            OutboxMessage message = OutboxMessage.of(annotation.aggregate(), keyText(event), annotation.type(), event);
            if (!annotation.topic().isEmpty()) message = message.topic(annotation.topic());
            if (annotation.encrypted()) message = message.encrypted();
            return version == null ? message : message.version(versionNumber(event, version));
        }

        private String keyText(Object event) {
            Object value = key.read(event);
            if (value instanceof CharSequence
                    || value instanceof Number
                    || value instanceof UUID
                    || value instanceof Enum<?>) {
                return value.toString();
            }
            throw key.unfit(event, value, "a CharSequence, Number, UUID or enum");
        }

        private static long versionNumber(Object event, Property version) {
            Object value = version.read(event);
            if (value instanceof Number number) return number.longValue();
            throw version.unfit(event, value, "a Number");
        }
    }

    private record Property(String role, String name, MethodHandle reader) {
        static Property of(Class<?> type, String role, String name) {
            for (String method : new String[] {name, "get" + capitalised(name)}) {
                Method reader = publicReader(type, method);
                if (reader != null) return new Property(role, name, handle(reader));
            }
            throw new InvalidOutboxMessageException(
                    "@OutboxEvent(%s = \"%s\") on %s names no record component or public method without parameters."
                            .formatted(role, name, type.getName()));
        }

        private static @Nullable Method publicReader(Class<?> type, String name) {
            for (Method method : type.getMethods()) {
                if (method.getName().equals(name)
                        && method.getParameterCount() == 0
                        && !Modifier.isStatic(method.getModifiers())
                        && method.getReturnType() != void.class) return method;
            }
            return null;
        }

        private static MethodHandle handle(Method reader) {
            try {
                reader.setAccessible(true); // a public accessor of a class that is not public itself
                return MethodHandles.lookup().unreflect(reader);
            } catch (IllegalAccessException | RuntimeException e) {
                throw new InvalidOutboxMessageException(
                        "%s cannot be read; make it accessible, or open its package to this library.".formatted(reader),
                        e);
            }
        }

        @Nullable
        Object read(Object event) {
            try {
                return reader.invoke(event);
            } catch (Throwable e) {
                throw new InvalidOutboxMessageException(
                        "The %s property %s of %s cannot be read: %s."
                                .formatted(
                                        role,
                                        name,
                                        event.getClass().getName(),
                                        e.getClass().getName()),
                        e);
            }
        }

        InvalidOutboxMessageException unfit(Object event, @Nullable Object value, String wanted) {
            return new InvalidOutboxMessageException("The %s property %s of %s is %s, but has to be %s."
                    .formatted(
                            role,
                            name,
                            event.getClass().getName(),
                            value == null ? "null" : "a " + value.getClass().getName(),
                            wanted));
        }

        private static String capitalised(String name) {
            return name.isEmpty() ? name : Character.toUpperCase(name.charAt(0)) + name.substring(1);
        }
    }
}
