package dev.outbox.sample.security;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.core.env.Environment;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.stereotype.Component;

/**
 * Requests that came in by Actuator's own port ({@code management.server.port}), where it has one. That port is for the machines around the application, such as
 * Prometheus, which cannot log in; it is not for the network that users come from.
 */
@Component
class ManagementPort implements RequestMatcher {
    private final Environment environment;

    ManagementPort(Environment environment) {
        this.environment = environment;
    }

    @Override
    public boolean matches(HttpServletRequest request) {
        Integer management = environment.getProperty("local.management.port", Integer.class);
        Integer users = environment.getProperty("local.server.port", Integer.class);
        return management != null && !management.equals(users) && request.getLocalPort() == management;
    }
}
