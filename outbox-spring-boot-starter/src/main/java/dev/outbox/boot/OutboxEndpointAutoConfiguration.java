package dev.outbox.boot;

import dev.outbox.OutboxOperations;
import dev.outbox.OutboxReplays;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The actuator endpoint {@code outbox}, where the application exposes it. */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean({OutboxOperations.class, OutboxReplays.class})
public final class OutboxEndpointAutoConfiguration {
    /** Apart, because its condition is not there without actuator. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnAvailableEndpoint(OutboxEndpoint.class)
    static class Endpoints {
        @Bean
        @ConditionalOnMissingBean
        OutboxEndpoint outboxEndpoint(OutboxOperations operations, OutboxReplays replays) {
            return new OutboxEndpoint(operations, replays);
        }

        @Bean
        @ConditionalOnMissingBean
        OutboxWebEndpoint outboxWebEndpoint(OutboxEndpoint endpoint) {
            return new OutboxWebEndpoint(endpoint);
        }
    }
}
