package dev.outbox.console;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxException;
import dev.outbox.UndecryptablePayloadException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Makes a problem (RFC 9457) of whatever goes wrong in the controllers of the API, and in no other. First in order, so that an application's own handling of all exceptions, which may answer in another form, does not come before it.
 */
@RestControllerAdvice(assignableTypes = ConsoleController.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<Object> invalid(InvalidRequestException e) {
        return invalid(e.field(), e.detail());
    }

    @ExceptionHandler
    ResponseEntity<Object> unknown(UnknownEventException e) {
        return answer(problem(HttpStatus.NOT_FOUND, e.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<Object> unknown(UnknownDeadLetterException e) {
        return answer(problem(HttpStatus.NOT_FOUND, e.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<Object> unknown(UnknownReplayException e) {
        return answer(problem(HttpStatus.NOT_FOUND, e.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<Object> tooLate(DeadLetterGoneException e) {
        return answer(problem(HttpStatus.CONFLICT, e.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<Object> tooLate(NotInQuarantineException e) {
        return answer(problem(HttpStatus.CONFLICT, e.getMessage()));
    }

    /** The event stays as it is, and its payload is not to be seen here. */
    @ExceptionHandler({MissingEncryptionKeyException.class, UndecryptablePayloadException.class})
    ResponseEntity<Object> unreadable(OutboxException e) {
        return answer(problem(HttpStatus.CONFLICT, e.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<Object> tooLate(ReplayStateException e) {
        return answer(problem(HttpStatus.CONFLICT, e.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<Object> denied(OutboxAccessDeniedException e) {
        return answer(problem(HttpStatus.FORBIDDEN, e.getMessage()));
    }

    /** Of an answer that is under way the client has to see that it breaks off; and Spring Security answers to what is its own. */
    @ExceptionHandler
    ResponseEntity<Object> failed(Exception e, HttpServletRequest request, HttpServletResponse response)
            throws Exception {
        if (response.isCommitted() || e.getClass().getName().startsWith("org.springframework.security.")) throw e;
        log.error("{} {} failed.", request.getMethod(), request.getRequestURI(), e);
        return answer(problem(
                HttpStatus.INTERNAL_SERVER_ERROR, "The outbox could not do this. The application's log says why."));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String field = e instanceof MethodArgumentTypeMismatchException argument ? argument.getName() : "value";
        String wanted = e.getRequiredType() == UUID.class
                ? "a UUID, such as 01234567-89ab-cdef-0123-456789abcdef"
                : "a whole number";
        return invalid(field, "'%s' is not allowed. It has to be %s.".formatted(e.getValue(), wanted));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        for (Throwable cause = e; cause != null; cause = cause.getCause())
            if (cause instanceof InvalidRequestException invalid) return invalid(invalid);
        return answer(
                problem(
                        status,
                        "The body is missing, is no JSON, or has a value of another type than it should have. It has to be an object such as {\"reason\": \"the topic is there now\"}."));
    }

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(body);
    }

    private static ResponseEntity<Object> invalid(String field, String detail) {
        ProblemDetail problem = problem(HttpStatus.BAD_REQUEST, detail);
        problem.setProperty("field", field);
        return answer(problem);
    }

    private static ProblemDetail problem(HttpStatusCode status, @Nullable String detail) {
        ProblemDetail problem = ProblemDetail.forStatus(status);
        problem.setDetail(detail);
        return problem;
    }

    /** JSON whatever the client accepts: an error about Accept has to be readable as well. */
    private static ResponseEntity<Object> answer(ProblemDetail problem) {
        return ResponseEntity.status(problem.getStatus())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }
}
