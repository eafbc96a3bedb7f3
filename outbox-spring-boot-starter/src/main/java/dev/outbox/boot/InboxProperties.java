package dev.outbox.boot;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The inbox.
 *
 * @param enabled whether the inbox is configured where its module is on the class path
 */
@ConfigurationProperties("outbox.inbox")
record InboxProperties(
        @DefaultValue("true") boolean enabled, @DefaultValue Schema schema) {
    /** @param initialize whether to create or update the inbox table at start; off, it has to be there */
    record Schema(@DefaultValue("false") boolean initialize) {}
}
