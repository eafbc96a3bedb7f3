package dev.outbox.sample.web;

import dev.outbox.sample.refusal.Refusal;
import dev.outbox.sample.web.ApiError.Detail;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/** Turns everything that goes wrong in a request into an {@link ApiError}. */
@RestControllerAdvice
class ApiErrorHandler extends ResponseEntityExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ApiErrorHandler.class);
    private static final String INVALID = "VALIDATION_ERROR";

    private final Clock clock;

    ApiErrorHandler(Clock clock) {
        this.clock = clock;
    }

    @ExceptionHandler
    ResponseEntity<Object> refused(Refusal refusal, HttpServletRequest request) {
        HttpStatus status = switch (refusal.kind()) {
            case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case CONFLICT -> HttpStatus.CONFLICT;
        };
        HttpHeaders headers = new HttpHeaders();
        if (status == HttpStatus.UNAUTHORIZED) headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        return answer(status, headers, request, refusal.code(), String.valueOf(refusal.getMessage()), List.of());
    }

    /** Where a feature has no words of its own for it: a deadlock, a lock that was waited for too long, or a version that others have raised with each try. */
    @ExceptionHandler
    ResponseEntity<Object> overtaken(ConcurrencyFailureException failure, HttpServletRequest request) {
        log.info("{} {} was overtaken: {}", request.getMethod(), request.getRequestURI(), failure.toString());
        return answer(
                HttpStatus.CONFLICT,
                new HttpHeaders(),
                request,
                "CONCURRENT_CHANGE",
                "Others are changing the same at this moment. Send the same request again.",
                List.of());
    }

    @ExceptionHandler
    ResponseEntity<Object> failed(Exception failure, HttpServletRequest request) {
        log.error("{} {} failed.", request.getMethod(), request.getRequestURI(), failure);
        return answer(
                HttpStatus.INTERNAL_SERVER_ERROR,
                new HttpHeaders(),
                request,
                "INTERNAL_ERROR",
                "Something went wrong on our side. It is in the log.",
                List.of());
    }

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return invalid(headers, request, details(ex.getAllErrors()));
    }

    @Override
    protected ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Detail> details = ex.getParameterValidationResults().stream()
                .flatMap(ApiErrorHandler::details)
                .toList();
        return invalid(headers, request, details);
    }

    @Override
    protected ResponseEntity<Object> handleServletRequestBindingException(
            ServletRequestBindingException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (ex instanceof MissingRequestHeaderException missing) {
            return invalid(headers, request, List.of(new Detail(missing.getHeaderName(), "is required")));
        }
        return invalid(headers, request, List.of());
    }

    @Override
    protected ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException ex,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return invalid(headers, request, List.of(new Detail(ex.getParameterName(), "is required")));
    }

    @Override
    protected ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String field = ex instanceof MethodArgumentTypeMismatchException argument ? argument.getName() : "value";
        String type =
                ex.getRequiredType() == null ? "value" : ex.getRequiredType().getSimpleName();
        return invalid(headers, request, List.of(new Detail(field, "is not a valid " + type)));
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Detail> details = ex.getCause() instanceof DatabindException mismatch
                        && !mismatch.getPath().isEmpty()
                ? List.of(new Detail(field(mismatch.getPath()), "has a value of another type than it should have"))
                : List.of();
        return answer(
                status,
                headers,
                ((ServletWebRequest) request).getRequest(),
                "MALFORMED_REQUEST",
                "The body is missing, is not JSON, or has a value of another type than it should have.",
                details);
    }

    private static String field(List<JacksonException.Reference> path) {
        StringBuilder field = new StringBuilder();
        for (JacksonException.Reference step : path) {
            if (step.getPropertyName() == null)
                field.append('[').append(step.getIndex()).append(']');
            else field.append(field.isEmpty() ? "" : ".").append(step.getPropertyName());
        }
        return field.toString();
    }

    /** All other exceptions of Spring MVC: 404, 405, 406, 415 and the like. */
    @Override
    protected ResponseEntity<Object> handleExceptionInternal(
            Exception ex, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        HttpStatus known = HttpStatus.resolve(status.value());
        String code = known == null ? "HTTP_" + status.value() : known.name();
        String message =
                ex instanceof ErrorResponse response ? response.getBody().getDetail() : null;
        return answer(
                status,
                headers,
                ((ServletWebRequest) request).getRequest(),
                code,
                message == null ? code : message,
                List.of());
    }

    private ResponseEntity<Object> invalid(HttpHeaders headers, WebRequest request, List<Detail> details) {
        return answer(
                HttpStatus.BAD_REQUEST,
                headers,
                ((ServletWebRequest) request).getRequest(),
                INVALID,
                "The request is not valid.",
                details);
    }

    private ResponseEntity<Object> answer(
            HttpStatusCode status,
            HttpHeaders headers,
            HttpServletRequest request,
            String code,
            String message,
            List<Detail> details) {
        ApiError error = new ApiError(clock.instant(), request.getRequestURI(), code, message, details);
        // JSON whatever the client accepts: an error about Accept has to be readable as well
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_JSON)
                .body(error);
    }

    private static Stream<Detail> details(ParameterValidationResult result) {
        if (result instanceof ParameterErrors errors) return details(errors.getAllErrors()).stream();
        RequestHeader header = result.getMethodParameter().getParameterAnnotation(RequestHeader.class);
        String name = header == null || header.value().isEmpty()
                ? Objects.requireNonNullElse(result.getMethodParameter().getParameterName(), "parameter")
                : header.value();
        return result.getResolvableErrors().stream().map(error -> new Detail(name, text(error)));
    }

    private static List<Detail> details(List<ObjectError> errors) {
        return errors.stream()
                .map(error -> new Detail(
                        error instanceof FieldError field ? field.getField() : error.getObjectName(), text(error)))
                .toList();
    }

    private static String text(MessageSourceResolvable error) {
        return Objects.requireNonNullElse(error.getDefaultMessage(), "is not valid");
    }
}
