package dev.outbox.boot;

import dev.outbox.spi.AccessControl;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.context.SecurityContextHolder;

/** Who may operate the outbox, where Spring Security is there to tell. */
@AutoConfiguration
@ConditionalOnClass(SecurityContextHolder.class)
public final class OutboxAccessAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    AccessControl outboxAccessControl() {
        return new SecurityAccessControl();
    }
}
