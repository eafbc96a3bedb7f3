package dev.outbox.sample.product.api;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.product.application.Likes;
import dev.outbox.sample.user.api.CurrentUser;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RunsIn(ProcessRole.API)
@RestController
@RequestMapping("/api/v1/products/{productId}/likes")
@Tag(name = "Products")
class LikeController {
    private final Likes likes;

    LikeController(Likes likes) {
        this.likes = likes;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Like a product", description = """
                    204 also if you like it already: it counts once, so a request whose answer was lost can simply be sent again. 404 PRODUCT_NOT_FOUND. \
                    What products show of it is a moment behind.""")
    void like(@PathVariable long productId, @CurrentUser long userId) {
        likes.like(userId, productId);
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Take your like of a product back",
            description = "204 also if there is none. 404 PRODUCT_NOT_FOUND.")
    void unlike(@PathVariable long productId, @CurrentUser long userId) {
        likes.unlike(userId, productId);
    }
}
