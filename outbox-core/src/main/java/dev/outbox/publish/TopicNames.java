package dev.outbox.publish;

import java.util.regex.Pattern;

/** What Kafka takes as the name of a topic. */
final class TopicNames {
    static final String RULE = "Kafka allows 1 to 249 letters, digits, '.', '_' and '-'";

    // org.apache.kafka.common.internals.Topic allows these characters and this length.
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private TopicNames() {}

    static boolean isValid(String topic) {
        return NAME.matcher(topic).matches() && !topic.equals(".") && !topic.equals("..");
    }
}
