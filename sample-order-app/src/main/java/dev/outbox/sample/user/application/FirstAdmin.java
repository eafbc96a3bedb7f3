package dev.outbox.sample.user.application;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.user.domain.EmailTakenException;
import dev.outbox.sample.user.domain.Role;
import dev.outbox.sample.user.domain.User;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Creates the ADMIN that is configured, if there is one. */
@RunsIn(ProcessRole.API)
@Component
class FirstAdmin {
    private static final Logger log = LoggerFactory.getLogger(FirstAdmin.class);

    private final AdminProperties properties;
    private final Accounts accounts;

    /** @throws dev.outbox.sample.settings.UnusableSettingException if what is configured is not enough to log in with */
    FirstAdmin(AdminProperties properties, Accounts accounts) {
        if (properties.isSet()) properties.check();
        this.properties = properties;
        this.accounts = accounts;
    }

    /** Before the guide says how to log in. */
    @EventListener(ContextRefreshedEvent.class)
    @Order(0)
    void create() {
        if (!properties.isSet()) return;
        String email = Objects.requireNonNull(properties.email());
        Optional<User> known = accounts.find(email);
        if (known.isPresent()) checkRole(known.get());
        else create(email, Objects.requireNonNull(properties.password()));
    }

    private void create(String email, String password) {
        try {
            User admin = accounts.register(email, password, Role.ADMIN);
            log.info("{} is an ADMIN from now on.", admin.email());
        } catch (EmailTakenException e) {
            log.debug("Another instance was faster.", e);
        }
    }

    /** Whoever registered with this address first would become an ADMIN by registering. */
    private static void checkRole(User user) {
        if (user.role() != Role.ADMIN)
            log.warn(
                    "sample.admin.email is the address of {}, who has registered without being an ADMIN and stays so. Choose another address.",
                    user.email());
    }
}
