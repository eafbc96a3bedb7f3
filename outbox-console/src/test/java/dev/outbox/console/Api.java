package dev.outbox.console;

import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers.springSecurity;

import java.net.URI;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.test.web.servlet.setup.DefaultMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the API of an application, as somebody. */
final class Api {
    /** May see everything but payloads, and do everything. */
    static final RequestPostProcessor OLGA = somebody("olga", "OUTBOX_VIEW", "OUTBOX_OPERATE");

    /** May only see. */
    static final RequestPostProcessor VICTOR = somebody("victor", "ROLE_OUTBOX_VIEW");

    /** May only see payloads. */
    static final RequestPostProcessor DORIS = somebody("doris", "OUTBOX_DECRYPT");

    static final RequestPostProcessor NOBODY = request -> request;

    private final MockMvc mvc;

    Api(WebApplicationContext application, boolean secured) {
        DefaultMockMvcBuilder builder = MockMvcBuilders.webAppContextSetup(application);
        this.mvc = (secured ? builder.<DefaultMockMvcBuilder>apply(springSecurity()) : builder).build();
    }

    static RequestPostProcessor somebody(String name, String... authorities) {
        return user(name).authorities(AuthorityUtils.createAuthorityList(List.of(authorities)));
    }

    record Answer(int status, String type, String cacheControl, String body, String location) {
        JsonNode json() {
            return new JsonMapper().readTree(body);
        }

        String text(String field) {
            return json().path(field).asString("");
        }
    }

    Answer get(RequestPostProcessor who, String path) throws Exception {
        return answer(mvc.perform(MockMvcRequestBuilders.get(URI.create(path)).with(who))
                .andReturn()
                .getResponse());
    }

    Answer post(RequestPostProcessor who, String path, String json) throws Exception {
        return postWithoutToken(
                request -> csrf().postProcessRequest(who.postProcessRequest(request)),
                MediaType.APPLICATION_JSON,
                path,
                json);
    }

    Answer postWithoutToken(RequestPostProcessor who, MediaType type, String path, String body) throws Exception {
        return answer(mvc.perform(MockMvcRequestBuilders.post(URI.create(path))
                        .contentType(type)
                        .content(body)
                        .with(who))
                .andReturn()
                .getResponse());
    }

    private static Answer answer(MockHttpServletResponse response) throws Exception {
        return new Answer(
                response.getStatus(),
                String.valueOf(response.getContentType()),
                String.valueOf(response.getHeader(HttpHeaders.CACHE_CONTROL)),
                response.getContentAsString(),
                String.valueOf(response.getHeader(HttpHeaders.LOCATION)));
    }
}
