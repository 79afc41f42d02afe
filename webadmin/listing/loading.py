def detail_options(view): return ()
