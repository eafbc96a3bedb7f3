package dev.outbox.sample.web;

import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeType;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.security.SecurityScheme;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the description of the interface says of all requests: that they take a token, and how errors look. */
@Configuration(proxyBeanMethods = false)
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Order service",
                        version = "v1",
                        description =
                                "Register, log in, and give the token to the button Authorize. Paths below /api/v1/admin and /outbox take the role ADMIN, and so does the mode of the mock."),
        security = @SecurityRequirement(name = "token"))
@SecurityScheme(
        name = "token",
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        bearerFormat = "JWT",
        description = "From POST /api/v1/auth/login, without the word Bearer.")
class ApiDescription {
    private static final String ERROR = "ApiError";

    @Bean
    OpenApiCustomizer errors() {
        return api -> {
            ModelConverters.getInstance(true).readAll(ApiError.class).forEach(api.getComponents()::addSchemas);
            describeErrors(api);
        };
    }

    /** Other paths are not the shop's, and have errors of their own. */
    private static void describeErrors(OpenAPI api) {
        api.getPaths().forEach((path, requests) -> {
            if (path.startsWith("/api/")) requests.readOperations().forEach(request -> describeErrors(path, request));
        });
    }

    private static void describeErrors(String path, Operation request) {
        if (request.getRequestBody() != null || request.getParameters() != null)
            add(request, "400", "VALIDATION_ERROR, whose details name the fields, or MALFORMED_REQUEST");
        // null is what the whole interface has: a token
        if (request.getSecurity() == null) add(request, "401", "UNAUTHENTICATED, INVALID_TOKEN or TOKEN_EXPIRED");
        if (path.startsWith("/api/v1/admin/")) add(request, "403", "FORBIDDEN: the role ADMIN is missing");
        add(request, "default", "Any other error; its code tells which");
    }

    private static void add(Operation request, String status, String description) {
        Content body = new Content()
                .addMediaType(
                        "application/json",
                        new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + ERROR)));
        request.getResponses()
                .addApiResponse(
                        status, new ApiResponse().description(description).content(body));
    }
}
