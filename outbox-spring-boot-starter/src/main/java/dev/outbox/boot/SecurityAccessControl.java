package dev.outbox.boot;

import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxPermission;
import dev.outbox.spi.AccessControl;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** Spring Security knows who calls: a permission is an authority of its name, or a role. */
final class SecurityAccessControl implements AccessControl {
    @Override
    public String require(OutboxPermission permission) {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller == null || !caller.isAuthenticated())
            throw new OutboxAccessDeniedException(
                    "%s is required, and nobody is logged in. Log in with an account that has this authority."
                            .formatted(permission));
        if (caller.getAuthorities().stream().map(GrantedAuthority::getAuthority).noneMatch(names(permission)::contains))
            throw new OutboxAccessDeniedException(
                    "%s is required, and '%s' does not have it. Grant the authority %s to those who operate the outbox."
                            .formatted(permission, caller.getName(), permission));
        return caller.getName();
    }

    private static Set<@Nullable String> names(OutboxPermission permission) {
        return Set.of(permission.name(), "ROLE_" + permission.name());
    }
}
