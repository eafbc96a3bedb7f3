package dev.outbox.sample.process;

import dev.outbox.sample.settings.UnusableSettingException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * A part of the work that can be done by processes of its own, as many as it takes: {@code sample.roles}, a list. Without it a process does everything.
 *
 * <p>Whatever it does, it answers on its port to Actuator and, for an ADMIN, to {@code /outbox/api}.
 */
public enum ProcessRole {
    /** Answers users' requests, and stores events. */
    API,
    /** Sends stored events to Kafka, and looks after what is finished: archives orders, deletes or archives events. */
    RELAY,
    /** Handles events that come from Kafka. */
    STREAMER;

    private static final String PROPERTY = "sample.roles";

    /**
     * The roles of this process; never empty.
     *
     * @throws UnusableSettingException if one is configured that does not exist
     */
    static Set<ProcessRole> of(Environment environment) {
        List<String> names = Binder.get(environment)
                .bind(PROPERTY, Bindable.listOf(String.class))
                .orElse(List.of());
        if (names.isEmpty()) return EnumSet.allOf(ProcessRole.class);
        return names.stream()
                .map(ProcessRole::named)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(ProcessRole.class)));
    }

    private static ProcessRole named(String name) {
        return Arrays.stream(values())
                .filter(role -> role.name().equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(() -> new UnusableSettingException(
                        "%s names '%s', which is no role of this service.".formatted(PROPERTY, name.strip()),
                        "Set %s to one or more of %s, separated by commas, or leave it out for all of them."
                                .formatted(PROPERTY, all())));
    }

    private static String all() {
        return Arrays.stream(values())
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
