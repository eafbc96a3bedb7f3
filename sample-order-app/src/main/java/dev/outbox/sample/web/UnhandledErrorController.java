package dev.outbox.sample.web;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers with an {@link ApiError} to what goes wrong outside of controllers, such as in filters. */
@RestController
@Hidden
class UnhandledErrorController implements ErrorController {
    private final Clock clock;

    UnhandledErrorController(Clock clock) {
        this.clock = clock;
    }

    @RequestMapping("${spring.web.error.path:/error}")
    ResponseEntity<ApiError> error(HttpServletRequest request) {
        HttpStatus status = status(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE));
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        ApiError error = new ApiError(
                clock.instant(),
                Objects.requireNonNullElse(path, request.getRequestURI()).toString(),
                status.is5xxServerError() ? "INTERNAL_ERROR" : status.name(),
                status.getReasonPhrase(),
                List.of());
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .body(error);
    }

    /** Who asks for this path himself, without an error, gets a 404. */
    private static HttpStatus status(@Nullable Object code) {
        HttpStatus known = code instanceof Integer number ? HttpStatus.resolve(number) : HttpStatus.NOT_FOUND;
        return known == null ? HttpStatus.INTERNAL_SERVER_ERROR : known;
    }
}
