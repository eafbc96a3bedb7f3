package dev.outbox.console;

import dev.outbox.OutboxOperations;
import dev.outbox.spi.AccessControl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.method.HandlerTypePredicate;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.PathMatchConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The REST API, where there are operations and somebody who says who may use them. */
@AutoConfiguration(
        afterName = {"dev.outbox.boot.OutboxAccessAutoConfiguration", "dev.outbox.boot.OutboxAutoConfiguration"})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBean(OutboxOperations.class)
@EnableConfigurationProperties(ConsoleProperties.class)
public final class OutboxConsoleAutoConfiguration {
    private static final Logger log = LoggerFactory.getLogger(OutboxConsoleAutoConfiguration.class);

    @Bean
    ReadingController outboxReadingController(OutboxOperations operations) {
        return new ReadingController(operations);
    }

    @Bean
    ProblemAdvice outboxProblemAdvice() {
        return new ProblemAdvice();
    }

    @Bean
    WebMvcConfigurer outboxConsolePath(ConsoleProperties properties) {
        return new ConsolePath(properties.api());
    }

    /** What changes something. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(AccessControl.class)
    static class Changing {
        @Bean
        ChangingController outboxChangingController(OutboxOperations operations) {
            return new ChangingController(operations);
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
            configurer.addPathPrefix(
                    api, HandlerTypePredicate.forAssignableType(ReadingController.class, ChangingController.class));
        }
    }
}
