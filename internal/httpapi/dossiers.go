package httpapi

func (s *Server) dossierRoutes() {}
