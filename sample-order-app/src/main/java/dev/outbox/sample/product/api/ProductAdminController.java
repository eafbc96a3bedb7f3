package dev.outbox.sample.product.api;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.product.application.ProductCatalog;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RunsIn(ProcessRole.API)
@RestController
@RequestMapping("/api/v1/admin/products")
@Tag(name = "Products")
class ProductAdminController {
    private final ProductCatalog catalog;

    ProductAdminController(ProductCatalog catalog) {
        this.catalog = catalog;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Add a product", description = "409 SKU_TAKEN if another product has the SKU.")
    ProductResponse create(@Valid @RequestBody CreateProductRequest request) {
        return ProductResponse.of(catalog.create(request.sku(), request.name(), request.price(), request.stock()));
    }

    @PostMapping("/{productId}/stock-adjust")
    @Operation(summary = "Add pieces to the stock, or take some out", description = """
                    The product with its stock after that. 409 STOCK_TOO_LOW if there are fewer pieces than should go, 409 STOCK_TOO_HIGH, \
                    409 STOCK_CONFLICT if too many others change the same stock at this moment (send it again), 404 PRODUCT_NOT_FOUND. \
                    A refused change leaves the stock as it is. Every request counts: if an answer was lost, look at the stock first.""")
    ProductResponse adjustStock(@PathVariable long productId, @Valid @RequestBody AdjustStockRequest request) {
        return ProductResponse.of(catalog.adjustStock(productId, request.delta()));
    }
}
