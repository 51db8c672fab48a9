"""Where candles come from: a generated market, a file; Binance's are in exchange/binance/."""
