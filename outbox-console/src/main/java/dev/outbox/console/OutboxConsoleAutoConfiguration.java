package dev.outbox.console;

import dev.outbox.OutboxOperations;
import dev.outbox.OutboxReplays;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.InboxHandlings;
import dev.outbox.spi.AccessControl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.method.HandlerTypePredicate;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.PathMatchConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The REST API, where there is something to operate: an outbox, an inbox, or both. */
@AutoConfiguration(
        afterName = {
            "dev.outbox.boot.OutboxAccessAutoConfiguration",
            "dev.outbox.boot.OutboxAutoConfiguration",
            "dev.outbox.boot.OutboxInboxAutoConfiguration",
            "dev.outbox.boot.OutboxInboxListenerAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@Conditional(OutboxConsoleAutoConfiguration.SomethingToOperate.class)
@EnableConfigurationProperties(ConsoleProperties.class)
public final class OutboxConsoleAutoConfiguration {
    private static final Logger log = LoggerFactory.getLogger(OutboxConsoleAutoConfiguration.class);

    static final class SomethingToOperate extends AnyNestedCondition {
        SomethingToOperate() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnBean(OutboxOperations.class)
        static final class AnOutbox {}

        @ConditionalOnBean(type = "dev.outbox.inbox.DeadLetters")
        static final class AnInboxWithListeners {}

        @ConditionalOnBean(type = "dev.outbox.inbox.InboxHandlings")
        static final class AnInbox {}
    }

    @Bean
    ProblemAdvice outboxProblemAdvice() {
        return new ProblemAdvice();
    }

    @Bean
    WebMvcConfigurer outboxConsolePath(ConsoleProperties properties) {
        return new ConsolePath(properties.api());
    }

    /** What was published. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(OutboxOperations.class)
    static class Events {
        @Bean
        ReadingController outboxReadingController(OutboxOperations operations) {
            return new ReadingController(operations);
        }

        @Bean
        AuditController outboxAuditController(OutboxOperations operations) {
            return new AuditController(operations::audit);
        }

        @Bean
        @ConditionalOnBean(AccessControl.class)
        ChangingController outboxChangingController(OutboxOperations operations) {
            return new ChangingController(operations);
        }
    }

    /** What is sent again. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(OutboxReplays.class)
    static class Replays {
        @Bean
        ReplayReadingController outboxReplayReadingController(OutboxReplays replays) {
            return new ReplayReadingController(replays);
        }

        @Bean
        @ConditionalOnBean(AccessControl.class)
        ReplayChangingController outboxReplayChangingController(OutboxReplays replays) {
            return new ReplayChangingController(replays);
        }
    }

    /** What consumers have recorded. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(InboxHandlings.class)
    @ConditionalOnBean(InboxHandlings.class)
    static class Handlings {
        @Bean
        HandlingController outboxHandlingController(InboxHandlings handlings) {
            return new HandlingController(handlings);
        }
    }

    /** What consumers have not handled. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DeadLetters.class)
    @ConditionalOnBean(DeadLetters.class)
    static class Letters {
        @Bean
        DeadLetterReadingController outboxDeadLetterReadingController(DeadLetters letters) {
            return new DeadLetterReadingController(letters);
        }

        /** With an outbox, its audit trail is the one that dead letters have as well. */
        @Bean
        @ConditionalOnMissingBean(OutboxOperations.class)
        AuditController inboxAuditController(DeadLetters letters) {
            return new AuditController(letters::audit);
        }

        @Bean
        @ConditionalOnBean(AccessControl.class)
        DeadLetterChangingController outboxDeadLetterChangingController(DeadLetters letters) {
            return new DeadLetterChangingController(letters);
        }
    }

    /** Nobody may change anything, so nothing that changes something is offered. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(AccessControl.class)
    static class OnlyReading {
        OnlyReading(ConsoleProperties properties) {
            log.warn(
                    "{} refuses every request, and has no requests that change something: this application has neither Spring Security nor an AccessControl of its own. Add Spring Security, or declare a bean of type dev.outbox.spi.AccessControl.",
                    properties.api());
        }
    }

    /** Before the prefixes that an application has for controllers of its own: access rules have to know the path. */
    @Order(Ordered.HIGHEST_PRECEDENCE)
    private record ConsolePath(String api) implements WebMvcConfigurer {
        @Override
        public void configurePathMatch(PathMatchConfigurer configurer) {
            configurer.addPathPrefix(api, HandlerTypePredicate.forAssignableType(ConsoleController.class));
        }
    }
}
