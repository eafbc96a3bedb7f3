package dev.outbox.sample.security;

import dev.outbox.sample.web.ApiError;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenAuthenticationEntryPoint;
import org.springframework.security.oauth2.server.resource.web.access.BearerTokenAccessDeniedHandler;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Answers with an {@link ApiError} to requests that Spring Security does not let through, with its own status and header {@code WWW-Authenticate}. */
@Component
class SecurityErrors implements AuthenticationEntryPoint, AccessDeniedHandler {
    private static final String LOG_IN =
            "Log in (POST /api/v1/auth/login) and send its token in the header Authorization: Bearer <token>.";

    private final BearerTokenAuthenticationEntryPoint unauthenticated = new BearerTokenAuthenticationEntryPoint();
    private final BearerTokenAccessDeniedHandler denied = new BearerTokenAccessDeniedHandler();
    private final JsonMapper json;
    private final Clock clock;

    SecurityErrors(JsonMapper json, Clock clock) {
        this.json = json;
        this.clock = clock;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
            throws IOException {
        unauthenticated.commence(request, response, e);
        if (hasExpired(e)) answer(request, response, "TOKEN_EXPIRED", "The token has expired. " + LOG_IN);
        else if (e instanceof InvalidBearerTokenException)
            answer(request, response, "INVALID_TOKEN", "The token is damaged or not from here. " + LOG_IN);
        else answer(request, response, "UNAUTHENTICATED", "This needs a token. " + LOG_IN);
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException e)
            throws IOException {
        denied.handle(request, response, e);
        answer(request, response, "FORBIDDEN", "This is for users with the role ADMIN, which the token does not have.");
    }

    private static boolean hasExpired(AuthenticationException e) {
        return e.getCause() instanceof JwtValidationException invalid
                && invalid.getErrors().stream()
                        .anyMatch(error -> error.getErrorCode().equals(Expiry.EXPIRED));
    }

    private void answer(HttpServletRequest request, HttpServletResponse response, String code, String message)
            throws IOException {
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        json.writeValue(
                response.getOutputStream(),
                new ApiError(clock.instant(), request.getRequestURI(), code, message, List.of()));
    }
}
